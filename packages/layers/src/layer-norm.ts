import { type FloatDType, full, kernels, type Rows, requireShape, type Vector } from "@handgrad/tensor";
import type { Layer, Mode, Parameter } from "./layer.js";
import { like, vectorLike } from "./like.js";
import { normalizer } from "./moments.js";
import { addGradient, parameter } from "./parameter.js";
import {
  requireEpsilon,
  requireEpsilonOrZero,
  requireForward,
  requireInput,
  requireWidth,
} from "./require.js";

/** What the backward pass needs; μ and r are those of each row. */
export interface LayerNormCache<F extends number = number, D extends FloatDType = FloatDType> {
  readonly x: Rows<F, D>;
  readonly gamma: Vector<F, D>;
  readonly mean: Float64Array;
  readonly r: Float64Array;
}

export interface LayerNormGradients<F extends number = number, D extends FloatDType = FloatDType> {
  readonly dx: Rows<F, D>;
  readonly dGamma: Vector<F, D>;
  readonly dBeta: Vector<F, D>;
}

/**
 * y = γ·x̂ + β with x̂ = (x − μ)·r and r = 1/√(σ² + ε), where μ and σ² (biased, ÷F) are those of each row of x[N, F].
 * Source: Ba, Kiros & Hinton 2016, Layer normalization.
 */
export function layerNorm<F extends number, D extends FloatDType>(
  x: Rows<F, D>,
  gamma: Vector<NoInfer<F>, NoInfer<D>>,
  beta: Vector<NoInfer<F>, NoInfer<D>>,
  epsilon: number,
): { readonly y: Rows<F, D>; readonly cache: LayerNormCache<F, D> } {
  requireEpsilonOrZero("layerNorm: epsilon", epsilon);
  requireShape("layerNorm: x", x.shape, [null, gamma.shape[0]]);
  requireShape("layerNorm: beta", beta.shape, [gamma.shape[0]]);
  const [n, features] = x.shape;
  const { mean, r } = normalizer(x.data, epsilon, n, features, 1);
  const y = like(x);
  kernels().normalizeRows(y.data, x.data, mean, r, gamma.data, beta.data, n, features);
  return { y, cache: { x, gamma, mean, r } };
}

/**
 * With g = γ·dy: dx = r·(g − mean(g) − x̂·mean(g·x̂)), means over the row; dγ = Σ dy·x̂, dβ = Σ dy, sums over the batch.
 */
export function layerNormBackward<F extends number, D extends FloatDType>(
  dy: Rows<F, D>,
  { x, gamma, mean, r }: LayerNormCache<F, D>,
): LayerNormGradients<F, D> {
  requireShape("layerNormBackward: dy", dy.shape, x.shape);
  const [n, features] = x.shape;
  const dx = like(x);
  const dGamma = new Float64Array(features);
  const dBeta = new Float64Array(features);
  kernels().normalizeRowsBackward(dx.data, dGamma, dBeta, dy.data, x.data, mean, r, gamma.data, n, features);
  return { dx, dGamma: vectorLike(gamma, dGamma), dBeta: vectorLike(gamma, dBeta) };
}

export interface LayerNormOptions<D extends FloatDType = "float32"> {
  /** Added to the variance under the root; default 1e-5, PyTorch's. Keras' default is 1e-3. */
  readonly epsilon?: number;
  readonly dtype?: D;
}

type LayerNormParameters<F extends number, D extends FloatDType> = {
  readonly gamma: Parameter<readonly [F], D>;
  readonly beta: Parameter<readonly [F], D>;
};

/**
 * Layer normalisation of each row of x[N, F] by itself, the same in both modes; see {@link layerNorm}.
 * `params.gamma` starts at 1, `params.beta` at 0.
 */
export class LayerNorm<F extends number = number, D extends FloatDType = "float32">
  implements Layer<F, F, D>
{
  readonly inWidth: F;
  readonly outWidth: F;
  readonly dtype: D;
  readonly epsilon: number;
  readonly params: LayerNormParameters<F, D>;
  #cache: LayerNormCache<F, D> | undefined;

  /** @throws RangeError where features or epsilon is out of range. */
  constructor(features: F, options: LayerNormOptions<D> = {}) {
    const { epsilon = 1e-5, dtype = "float32" as D } = options;
    requireWidth("LayerNorm: features", features);
    requireEpsilon("LayerNorm: epsilon", epsilon);
    this.inWidth = features;
    this.outWidth = features;
    this.dtype = dtype;
    this.epsilon = epsilon;
    const vector = (value: number) => full([features], value, dtype) as Vector<F, D>;
    this.params = { gamma: parameter(vector(1)), beta: parameter(vector(0)) };
  }

  get transient(): true {
    return true;
  }

  /** @throws ShapeError unless x is [N, F], DTypeError for another dtype. */
  forward(x: Rows<F, D>, _mode: Mode): Rows<F, D> {
    requireInput("LayerNorm.forward: x", x, [null, this.inWidth], this.dtype);
    const { y, cache } = layerNorm(x, this.params.gamma.value, this.params.beta.value, this.epsilon);
    this.#cache = cache;
    return y;
  }

  /** See {@link layerNormBackward}; adds dγ and dβ to the parameters' `grad`. */
  backward(dy: Rows<F, D>): Rows<F, D> {
    const cache = requireForward("LayerNorm", this.#cache);
    requireInput("LayerNorm.backward: dy", dy, cache.x.shape, this.dtype);
    const { dx, dGamma, dBeta } = layerNormBackward(dy, cache);
    addGradient(this.params.gamma.grad, dGamma);
    addGradient(this.params.beta.grad, dBeta);
    return dx;
  }
}
