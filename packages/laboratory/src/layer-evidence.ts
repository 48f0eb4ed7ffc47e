import type { LayerEvidence } from "@handgrad/bn-doctor";
import type { Network } from "./model.js";
import type { NetworkSettings } from "./network-settings.js";

/** What {@link dataPass} gives for each batch norm. */
export type LayerInputs = Pick<LayerEvidence, "batch" | "data">;

const nothing: LayerInputs = { batch: { x: [], rows: 0 }, data: { mean: [], variance: [] } };

/**
 * What the judge is shown of each batch norm; without `inputs` where the run broke down.
 * Which fault was planted is not among it.
 */
export function layerEvidence(
  { batchNorms }: Network,
  inputs: readonly LayerInputs[],
  { epsilon, decay, varianceCorrection: runningVariance }: NetworkSettings,
): LayerEvidence[] {
  return batchNorms.map(({ index, layer }, i) => ({
    name: `layer ${index} (${layer.name})`,
    subject: layer.subject,
    declared: { epsilon, decay, runningVariance },
    replay: layer.replay,
    ...(inputs[i] ?? nothing),
  }));
}
