import { type BatchNormStage, batchNormBackwardStaged } from "@handgrad/layers";
import type { OneNeuron, Precision } from "./experiment.js";
import { rowsOf, vectorOf } from "./tensors.js";

/** The staged derivation over the numbers of one batch, in training. */
export function stagesOf({
  x,
  dy,
  precision,
  gamma,
  epsilon,
}: OneNeuron): readonly BatchNormStage<Precision>[] {
  const rows = rowsOf(x, precision);
  return batchNormBackwardStaged(rowsOf(dy, precision), rows, vectorOf(gamma, precision), epsilon).stages;
}
