import { judge, type LayerEvidence, type TrainingRun, type Verdict } from "@handgrad/bn-doctor";
import { requireDataset } from "@handgrad/datasets";
import { dataPass } from "./data-pass.js";
import { CLASSES, type Digits } from "./digits.js";
import type { Network } from "./model.js";
import type { Settings } from "./settings.js";
import { subjectOf } from "./subject.js";
import { type Progress, type Run, trainRun } from "./train-run.js";

export interface Result {
  readonly runs: readonly [withoutBatchNorm: Run, withBatchNorm: Run];
  readonly verdict: Verdict;
}

/**
 * Trains both networks, from the same weights on the same batches, and judges the one with batch norm.
 * @throws RangeError for digits with a pixel that is no finite number or a label that is no class; it names the row.
 */
export async function experiment(
  digits: Digits,
  settings: Settings,
  onProgress: (progress: Progress) => void = () => {},
): Promise<Result> {
  requireDataset("training digits", digits.train, CLASSES);
  requireDataset("test digits", digits.test, CLASSES);
  const baseline = await trainRun("no-batch-norm", digits, settings, false, onProgress);
  const batchNorm = await trainRun(settings.fault ?? "batch-norm", digits, settings, true, onProgress);
  const verdict = judge({
    layers: layerEvidence(batchNorm.network, batchNorm.run, digits, settings),
    batchNormRun: runEvidence(batchNorm.run),
    baselineRun: runEvidence(baseline.run),
  });
  return { runs: [baseline.run, batchNorm.run], verdict };
}

/** The judge sees layers, inputs and curves. Which fault was planted is not among them. */
function layerEvidence(network: Network, run: Run, { train }: Digits, settings: Settings): LayerEvidence[] {
  const nothing = { batch: { x: [], rows: 0 }, data: { mean: [], variance: [] } };
  const inputs = run.firstNonFinite ? [] : dataPass(network, train, settings);
  return network.batchNorms.map(({ index, layer }, i) => ({
    name: `layer ${index} (${layer.name})`,
    subject: subjectOf(layer.layer, settings),
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
