import type { BatchNormState, BatchNormSubject } from "@handgrad/bn-doctor";
import { fromData, type Rows, type Vector } from "@handgrad/tensor";
import type { BatchNormLayer } from "./batch-norm-layer.js";
import type { Settings } from "./settings.js";

/** Any batch norm layer as the judge sees it: numbers in, numbers out, and what it was asked to be. */
export function subjectOf(
  layer: BatchNormLayer,
  { decay, epsilon, varianceCorrection }: Settings,
): BatchNormSubject {
  const { params, state } = layer;
  const vectors = {
    gamma: params.gamma.value,
    beta: params.beta.value,
    gammaGradient: params.gamma.grad,
    betaGradient: params.beta.grad,
    popMean: state.popMean,
    popVar: state.popVar,
  } as Record<Exclude<keyof BatchNormState, "batches">, Vector>;
  const rowsOf = (data: ArrayLike<number>, rows: number): Rows =>
    fromData(Float32Array.from(data), [rows, layer.inWidth]);
  return {
    features: layer.inWidth,
    precision: "float32",
    declared: { decay, epsilon, varianceCorrection },
    forward: (x, rows, mode) => layer.forward(rowsOf(x, rows), mode).data,
    backward: (dy, rows) => layer.backward(rowsOf(dy, rows)).data,
    read: () => {
      const copies = Object.entries(vectors).map(([name, { data }]) => [name, data.slice()]);
      return { ...Object.fromEntries(copies), batches: state.batches };
    },
    write: ({ batches, ...values }) => {
      for (const [name, numbers] of Object.entries(values))
        vectors[name as keyof typeof vectors].data.set(numbers);
      if (batches !== undefined) state.batches = batches;
    },
  };
}
