import { type BatchNormStage, batchNormBackwardStaged } from "@handgrad/layers";
import { fromData, type Rows, tensor, type Vector } from "@handgrad/tensor";
import type { OneNeuron } from "./experiment.js";

/** The staged derivation over the numbers of one batch, in training and in float64. */
export function stagesOf({ n, x, dy, gamma, epsilon }: OneNeuron): readonly BatchNormStage<"float64">[] {
  const column = (values: readonly number[]) =>
    fromData(Float64Array.from(values), [n, 1]) as Rows<1, "float64">;
  const scale = tensor([gamma], "float64") as Vector<1, "float64">;
  return batchNormBackwardStaged(column(dy), column(x), scale, epsilon).stages;
}
