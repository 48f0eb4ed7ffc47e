import { judge, type LayerEvidence, type Verdict } from "@handgrad/bn-doctor";
import { dataPass } from "./data-pass.js";
import type { Network } from "./model.js";
import type { Settings } from "./settings.js";
import { subjectOf } from "./subject.js";
import { type Digits, type Progress, type Run, trainRun } from "./train-run.js";

export interface Result {
  readonly runs: readonly [withoutBatchNorm: Run, withBatchNorm: Run];
  readonly verdict: Verdict;
}

/** Trains both networks, from the same weights on the same batches, and judges the one with batch norm. */
export async function experiment(
  digits: Digits,
  settings: Settings,
  onProgress: (progress: Progress) => void = () => {},
): Promise<Result> {
  const baseline = await trainRun("no-batch-norm", digits, settings, false, onProgress);
  const batchNorm = await trainRun(settings.fault ?? "batch-norm", digits, settings, true, onProgress);
  const verdict = judge({
    layers: layerEvidence(batchNorm.network, batchNorm.run, digits, settings),
    batchNormRun: batchNorm.run,
    baselineRun: baseline.run,
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
