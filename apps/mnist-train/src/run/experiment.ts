import { judge, type LayerEvidence, type TrainingRun, type Verdict } from "@handgrad/bn-doctor";
import { requireDataset } from "@handgrad/datasets";
import { type Candidate, CLASSES, candidateOf, dataPass, layerEvidence, type Network } from "laboratory";
import { unlikeMeasured } from "../options/unusual-settings.js";
import { type Answers, answersOf } from "./answers.js";
import type { Digits } from "./digits.js";
import { scheduleOf } from "./schedule.js";
import type { Settings } from "./settings.js";
import { type Keeping, type Progress, type Run, trainRun } from "./train-run.js";
import { TrainingWatch, type Watched } from "./training-watch.js";

export interface Result {
  readonly runs: readonly [withoutBatchNorm: Run, withBatchNorm: Run];
  readonly verdict: Verdict;
  /** What was seen of each run beside its curves. */
  readonly insights: readonly [withoutBatchNorm: Insight, withBatchNorm: Insight];
}

/** The user has ended the job; these are the runs so far, the last of them in the middle of its training. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";

  constructor(readonly runs: readonly Run[]) {
    super("interrupted");
  }
}

/** How a network trained, and what it answers in the end. */
export interface Insight {
  readonly watched: Watched;
  /** Moments of the training data before each batch norm, with the final weights; none where the run broke down. */
  readonly data: readonly LayerEvidence["data"][];
  /** On the test digits; null where the run broke down. */
  readonly answers: Answers | null;
}

export interface Trained extends Result {
  /** The network with batch norm, as training left it. */
  readonly network: Network;
}

/**
 * Trains both networks, from the same weights on the same batches, and judges the one with batch norm. `keep` says how
 * the run without batch norm (0) and the one with it (1) are kept from being lost.
 * @throws Interrupted where the signal of `keep` came; RangeError for digits with a pixel that is no finite number or a label that is no class; it names the row.
 */
export async function experiment(
  digits: Digits,
  settings: Settings,
  onProgress: (progress: Progress) => void = () => {},
  candidate: Candidate = candidateOf(settings),
  keep?: (run: 0 | 1) => Keeping,
): Promise<Trained> {
  requireDataset("training digits", digits.train, CLASSES);
  requireDataset("test digits", digits.test, CLASSES);
  const watches = [new TrainingWatch(), new TrainingWatch()];
  const plain = await trainRun(null, digits, settings, onProgress, watches[0], keep?.(0));
  if (plain.interrupted) throw new Interrupted([plain.run]);
  const withoutBatchNorm = insight(plain, watches[0], [], digits);
  const judged = await trainAndJudge(
    candidate,
    plain.run,
    digits,
    settings,
    onProgress,
    watches[1],
    keep?.(1),
  );
  const data = judged.run.firstNonFinite ? [] : judged.layers.map((layer) => layer.data);
  return {
    runs: [plain.run, judged.run],
    verdict: judged.verdict,
    insights: [withoutBatchNorm, insight(judged, watches[1], data, digits)],
    network: judged.network,
  };
}

/** To be asked for when the run was judged: a batch norm may move its running pair in an eval pass. */
const insight = (
  { run, network }: { readonly run: Run; readonly network: Network },
  { watched }: TrainingWatch,
  data: Insight["data"],
  { test }: Digits,
): Insight => ({
  watched,
  data,
  answers: run.firstNonFinite ? null : answersOf(network.model, test),
});

/** Trains the network with the candidate, and judges it beside the same network without batch norm. */
export async function trainAndJudge(
  candidate: Candidate,
  baseline: Run,
  digits: Digits,
  settings: Settings,
  onProgress: (progress: Progress) => void,
  watch?: TrainingWatch,
  keeping?: Keeping,
): Promise<{
  readonly run: Run;
  readonly verdict: Verdict;
  readonly network: Network;
  readonly layers: readonly LayerEvidence[];
}> {
  const trained = await trainRun(candidate, digits, settings, onProgress, watch, keeping);
  const { run, network } = trained;
  if (trained.interrupted) throw new Interrupted([baseline, run]);
  const { dropLast } = scheduleOf(digits.train.labels.data.length, settings);
  const batching = { batchSize: settings.batchSize, dropLast };
  const inputs = run.firstNonFinite ? [] : dataPass(network, digits.train, batching);
  const layers = layerEvidence(network, inputs, settings);
  const verdict = judge({
    layers,
    batchNormRun: runEvidence(run),
    baselineRun: runEvidence(baseline),
    unlikeMeasured: unlikeMeasured(settings),
  });
  return { run, verdict, network, layers };
}

/** The judge's curves are of the training: without what was measured before the first step. */
function runEvidence({ steps, batchSize, curves, firstNonFinite }: Run): TrainingRun {
  const trained = (curve: keyof TrainingRun["curves"]) => curves[curve].filter(([step]) => step > 0);
  return {
    steps,
    batchSize,
    firstNonFinite,
    curves: {
      trainLoss: trained("trainLoss"),
      evalTrainLoss: trained("evalTrainLoss"),
      testLoss: trained("testLoss"),
      testAccuracy: trained("testAccuracy"),
    },
  };
}
