import { judge, type LayerEvidence, type TrainingRun, type Verdict } from "@handgrad/bn-doctor";
import { requireDataset } from "@handgrad/datasets";
import { type Candidate, candidateOf } from "./candidate.js";
import { dataPass } from "./data-pass.js";
import { CLASSES, type Digits } from "./digits.js";
import type { Network } from "./model.js";
import type { Settings } from "./settings.js";
import { type Progress, type Run, trainRun } from "./train-run.js";
import { unlikeMeasured } from "./unusual-settings.js";

export interface Result {
  readonly runs: readonly [withoutBatchNorm: Run, withBatchNorm: Run];
  readonly verdict: Verdict;
}

export interface Trained extends Result {
  /** The network with batch norm, as training left it. */
  readonly network: Network;
}

/**
 * Trains both networks, from the same weights on the same batches, and judges the one with batch norm.
 * @throws RangeError for digits with a pixel that is no finite number or a label that is no class; it names the row.
 */
export async function experiment(
  digits: Digits,
  settings: Settings,
  onProgress: (progress: Progress) => void = () => {},
  candidate: Candidate = candidateOf(settings),
): Promise<Trained> {
  requireDataset("training digits", digits.train, CLASSES);
  requireDataset("test digits", digits.test, CLASSES);
  const { run: baseline } = await trainRun(null, digits, settings, onProgress);
  const { run, verdict, network } = await trainAndJudge(candidate, baseline, digits, settings, onProgress);
  return { runs: [baseline, run], verdict, network };
}

/** Trains the network with the candidate, and judges it beside the same network without batch norm. */
export async function trainAndJudge(
  candidate: Candidate,
  baseline: Run,
  digits: Digits,
  settings: Settings,
  onProgress: (progress: Progress) => void,
): Promise<{ readonly run: Run; readonly verdict: Verdict; readonly network: Network }> {
  const { run, network } = await trainRun(candidate, digits, settings, onProgress);
  const verdict = judge({
    layers: layerEvidence(network, run, digits, settings),
    batchNormRun: runEvidence(run),
    baselineRun: runEvidence(baseline),
    unlikeMeasured: unlikeMeasured(settings),
  });
  return { run, verdict, network };
}

/** The judge sees layers, inputs and curves. Which fault was planted is not among them. */
function layerEvidence(network: Network, run: Run, { train }: Digits, settings: Settings): LayerEvidence[] {
  const { epsilon, decay, varianceCorrection: runningVariance } = settings;
  const nothing = { batch: { x: [], rows: 0 }, data: { mean: [], variance: [] } };
  const inputs = run.firstNonFinite ? [] : dataPass(network, train, settings);
  return network.batchNorms.map(({ index, layer }, i) => ({
    name: `layer ${index} (${layer.name})`,
    subject: layer.subject,
    declared: { epsilon, decay, runningVariance },
    replay: layer.replay,
    ...(inputs[i] ?? nothing),
  }));
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
