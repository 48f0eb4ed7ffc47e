/** Plain float64 layers for the tests of this package: a batch norm with its faults to choose, and a ReLU. */
import type { GradientElement } from "./gradient-check.js";
import type { LayerLike, Mode, TensorLike } from "./layer-like.js";

export interface TestTensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export function tensorOf(shape: readonly number[], data: ArrayLike<number>): TestTensor {
  return { shape, data: Float64Array.from(data) };
}

/** Numbers without a pattern, about as large as their offset and deviation say. */
export function scattered(shape: readonly number[], { offset = 0, deviation = 1 } = {}): TestTensor {
  const count = shape.reduce((product, axis) => product * axis, 1);
  const data = Float64Array.from(
    { length: count },
    (_, i) => offset + deviation * 1.7 * Math.sin(1 + 2.3 * i * i),
  );
  return { shape, data };
}

export type BatchNormFault =
  | "x̂ term dropped"
  | "gamma missing in dx"
  | "train formula in eval"
  | "epsilon missing in backward"
  | "dbeta averaged";

/**
 * y = γ·(x − μ)·r + β, r = 1/√(σ² + ε), with μ and σ² of the batch in training, else of the running pair.
 * dx = γ·r·(dy − mean(dy) − x̂·mean(dy·x̂)) in training, γ·r·dy else; dγ = Σ dy·x̂; dβ = Σ dy.
 */
export function plainBatchNorm(
  features: number,
  { epsilon = 1e-5, fault }: { readonly epsilon?: number; readonly fault?: BatchNormFault } = {},
) {
  const vector = (offset: number) => scattered([features], { offset, deviation: 0.3 });
  const params = {
    gamma: { value: vector(1.3), grad: vector(0) },
    beta: { value: vector(0.2), grad: vector(0) },
  };
  const state = { popMean: vector(0.1), popVar: vector(1.5), batches: 4 };
  let backward = (_dy: TensorLike): TestTensor => {
    throw new Error("backward before forward");
  };

  const layer = {
    params,
    state,
    forward(x: TensorLike, mode: Mode): TestTensor {
      const [rows] = x.shape;
      const y = tensorOf(x.shape, x.data);
      const hats = tensorOf(x.shape, x.data);
      const roots = new Float64Array(features);
      const rootsForDx = new Float64Array(features);
      for (let j = 0; j < features; j++) {
        const column = Array.from({ length: rows }, (_, i) => x.data[i * features + j]);
        let mean = state.popMean.data[j];
        let variance = state.popVar.data[j];
        if (mode === "train") {
          mean = average(column);
          variance = average(column.map((value) => (value - mean) ** 2));
          state.popMean.data[j] = 0.9 * state.popMean.data[j] + 0.1 * mean;
          state.popVar.data[j] = 0.9 * state.popVar.data[j] + 0.1 * variance;
        }
        roots[j] = 1 / Math.sqrt(variance + epsilon);
        rootsForDx[j] = fault === "epsilon missing in backward" ? 1 / Math.sqrt(variance) : roots[j];
        for (let i = 0; i < rows; i++) {
          const at = i * features + j;
          hats.data[at] = (x.data[at] - mean) * roots[j];
          y.data[at] = params.gamma.value.data[j] * hats.data[at] + params.beta.value.data[j];
        }
      }
      if (mode === "train") state.batches++;

      backward = (dy) => {
        const dx = tensorOf(dy.shape, dy.data);
        const usesBatch = mode === "train" || fault === "train formula in eval";
        for (let j = 0; j < features; j++) {
          const at = Array.from({ length: rows }, (_, i) => i * features + j);
          const dbeta = at.reduce((sum, k) => sum + dy.data[k], 0);
          const dgamma = at.reduce((sum, k) => sum + dy.data[k] * hats.data[k], 0);
          params.beta.grad.data[j] += fault === "dbeta averaged" ? dbeta / rows : dbeta;
          params.gamma.grad.data[j] += dgamma;
          const gamma = fault === "gamma missing in dx" ? 1 : params.gamma.value.data[j];
          for (const k of at) {
            let slope = dy.data[k];
            if (usesBatch) slope -= dbeta / rows;
            if (usesBatch && fault !== "x̂ term dropped") slope -= hats.data[k] * (dgamma / rows);
            dx.data[k] = gamma * rootsForDx[j] * slope;
          }
        }
        return dx;
      };
      return y;
    },
    backward: (dy: TensorLike) => backward(dy),
  };
  return layer satisfies LayerLike;
}

export function plainRelu() {
  let x: TensorLike = tensorOf([0], []);
  const layer = {
    forward(input: TensorLike): TestTensor {
      x = input;
      return tensorOf(
        x.shape,
        Array.from(x.data, (value) => Math.max(0, value)),
      );
    },
    backward: (dy: TensorLike) =>
      tensorOf(
        dy.shape,
        Array.from(dy.data, (value, i) => (x.data[i] > 0 ? value : 0)),
      ),
  };
  return layer satisfies LayerLike;
}

/** The layer, with its dx changed in one place. */
export function tamperDx(layer: LayerLike, position: number, change: (dx: number) => number): LayerLike {
  return {
    ...layer,
    backward(dy) {
      const dx = layer.backward(dy);
      const data = Float64Array.from(dx.data);
      data[position] = change(data[position]);
      return { ...dx, data };
    },
  };
}

export function worstElement({ worst }: { readonly worst: GradientElement | undefined }): GradientElement {
  if (worst === undefined) throw new Error("no element was compared");
  return worst;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
