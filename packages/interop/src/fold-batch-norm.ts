import type { StateDict } from "@handgrad/layers";
import { type AnyTensor, fromData } from "@handgrad/tensor";
import { type AnyModel, createModel, dtypeOf, type LayerSpec, slotsOf, specsOf } from "./layer-spec.js";

/**
 * A new model for inference, with every batch norm folded into the Dense before it: with s = γ/√(pop_var + ε) per
 * feature, W' = W·diag(s) and b' = (b − pop_mean)·s + β. In `"eval"` mode it gives what the model gives, within the
 * rounding of another order of operations. A batch norm elsewhere stays. The model itself is not changed.
 *
 * Indices move: what follows a folded batch norm has an index smaller by one.
 *
 * @throws Error for a layer that is not of `@handgrad/layers`.
 */
export function foldBatchNorm(model: AnyModel): AnyModel {
  const specs = specsOf(model, "foldBatchNorm");
  const saved = model.stateDict();
  const layers: LayerSpec[] = [];
  const state: Record<string, AnyTensor> = {};
  for (const [index, spec] of specs.entries()) {
    const before = index > 0 ? specs[index - 1] : undefined;
    if (spec.layer === "BatchNorm" && before?.layer === "Dense") {
      const target = layers.length - 1;
      layers[target] = { ...before, bias: true };
      Object.assign(state, fold(saved, index, target, spec.epsilon));
      continue;
    }
    for (const { ours } of slotsOf(spec)) state[`${layers.length}.${ours}`] = saved[`${index}.${ours}`];
    layers.push(spec);
  }
  const folded = createModel(layers, dtypeOf(model));
  folded.loadStateDict(state);
  return folded;
}

/** W' and b' of the batch norm at `index` and the Dense before it, for the Dense at `target`. */
function fold(saved: StateDict, index: number, target: number, epsilon: number): Record<string, AnyTensor> {
  const of = (name: string) => saved[`${index}.${name}`].data;
  const weight = saved[`${index - 1}.weight`];
  const bias: AnyTensor["data"] | undefined = saved[`${index - 1}.bias`]?.data;
  const features = weight.shape[1];
  const [gamma, beta, popMean, popVar] = [of("gamma"), of("beta"), of("pop_mean"), of("pop_var")];
  const scale = Float64Array.from(popVar, (variance, j) => gamma[j] / Math.sqrt(variance + epsilon));
  const foldedWeight = weight.data.map((value, i) => value * scale[i % features]);
  const foldedBias = gamma.map((_, j) => ((bias?.[j] ?? 0) - popMean[j]) * scale[j] + beta[j]);
  return {
    [`${target}.weight`]: fromData(foldedWeight as Float32Array, weight.shape as number[]),
    [`${target}.bias`]: fromData(foldedBias as Float32Array, [features]),
  };
}
