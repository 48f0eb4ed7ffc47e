import {
  empty,
  type FloatDType,
  full,
  kernels,
  type Rows,
  requireShape,
  type Tensor,
  type Vector,
} from "@handgrad/tensor";
import type { Layer, Mode, Parameter } from "./layer.js";
import { like, vectorLike } from "./like.js";
import { inverseDeviation, type Moments, normalizer } from "./moments.js";
import { addGradient, parameter } from "./parameter.js";
import {
  requireEpsilon,
  requireEpsilonOrZero,
  requireForward,
  requireInput,
  requireMode,
  requireWidth,
} from "./require.js";

interface Cache<M extends Mode, F extends number, D extends FloatDType> {
  readonly mode: M;
  readonly x: Rows<F, D>;
  readonly gamma: Vector<F, D>;
  readonly mean: Float64Array;
  readonly r: Float64Array;
}
/** What the backward pass of a training pass needs: μ and r depend on x. */
export type BatchNormTrainCache<F extends number = number, D extends FloatDType = FloatDType> = Cache<
  "train",
  F,
  D
>;
/** What the backward pass of an evaluation pass needs: μ and r are constants. */
export type BatchNormEvalCache<F extends number = number, D extends FloatDType = FloatDType> = Cache<
  "eval",
  F,
  D
>;

export interface BatchNormGradients<F extends number = number, D extends FloatDType = FloatDType> {
  readonly dx: Rows<F, D>;
  readonly dGamma: Vector<F, D>;
  readonly dBeta: Vector<F, D>;
}

function affine<F extends number, D extends FloatDType>(
  cache: BatchNormTrainCache<F, D> | BatchNormEvalCache<F, D>,
  beta: Vector<F, D>,
): Rows<F, D> {
  const { x, gamma, mean, r } = cache;
  const y = like(x);
  kernels().normalize(y.data, x.data, mean, r, gamma.data, beta.data, x.shape[0], x.shape[1]);
  return y;
}

/** Σ dy and Σ dy·x̂ per feature: dβ and dγ in either mode, and the two means of the training mode's dx. */
function sums(name: string, dy: Rows<number, FloatDType>, cache: BatchNormTrainCache | BatchNormEvalCache) {
  const { x, mean, r } = cache;
  requireShape(`${name}: dy`, dy.shape, x.shape);
  const [n, features] = x.shape;
  const sumDy = empty([features], "float64").data;
  const sumDyXhat = empty([features], "float64").data;
  kernels().normalizeSums(sumDy, sumDyXhat, dy.data, x.data, mean, r, n, features);
  return { sumDy, sumDyXhat };
}

/**
 * y = γ·x̂ + β with x̂ = (x − μ)·r and r = 1/√(σ² + ε), where μ and σ² (biased, ÷N) are those of the batch x[N ≥ 2, F].
 * Source: Ioffe & Szegedy 2015, algorithm 1.
 * @throws ShapeError for fewer than two rows: one row has no variance. RangeError where ε is negative or not finite.
 */
export function batchNormTrain<F extends number, D extends FloatDType>(
  x: Rows<F, D>,
  gamma: Vector<NoInfer<F>, NoInfer<D>>,
  beta: Vector<NoInfer<F>, NoInfer<D>>,
  epsilon: number,
): { readonly y: Rows<F, D>; readonly cache: BatchNormTrainCache<F, D>; readonly batch: Moments } {
  requireEpsilonOrZero("batchNormTrain: epsilon", epsilon);
  requireShape("batchNormTrain: x", x.shape, [{ atLeast: 2 }, gamma.shape[0]]);
  requireShape("batchNormTrain: beta", beta.shape, [gamma.shape[0]]);
  const [n, features] = x.shape;
  const { mean, variance, r } = normalizer(x.data, epsilon, 1, n, features);
  const cache = { mode: "train", x, gamma, mean, r } as const;
  return { y: affine(cache, beta), cache, batch: { mean, variance } };
}

/**
 * dx = γ·r·(dy − mean(dy) − x̂·mean(dy·x̂)), dγ = Σ dy·x̂, dβ = Σ dy, means and sums over the batch:
 * the chain rule through μ and σ², which both depend on every row of x.
 */
export function batchNormTrainBackward<F extends number, D extends FloatDType>(
  dy: Rows<F, D>,
  cache: BatchNormTrainCache<F, D>,
): BatchNormGradients<F, D> {
  const { x, gamma, mean, r } = cache;
  const { sumDy, sumDyXhat } = sums("batchNormTrainBackward", dy, cache);
  const dx = like(x);
  kernels().normalizeTrainBackward(
    dx.data,
    dy.data,
    x.data,
    mean,
    r,
    gamma.data,
    sumDy,
    sumDyXhat,
    x.shape[0],
    x.shape[1],
  );
  return { dx, dGamma: vectorLike(gamma, sumDyXhat), dBeta: vectorLike(gamma, sumDy) };
}

/**
 * y = γ·x̂ + β with x̂ = (x − pop_mean)·r and r = 1/√(pop_var + ε): each row of x[N, F] by itself.
 * The difference is taken before the product, which keeps digits that the folded form x·s + t loses at large offsets.
 */
export function batchNormEval<F extends number, D extends FloatDType>(
  x: Rows<F, D>,
  gamma: Vector<NoInfer<F>, NoInfer<D>>,
  beta: Vector<NoInfer<F>, NoInfer<D>>,
  popMean: Vector<NoInfer<F>, NoInfer<D>>,
  popVar: Vector<NoInfer<F>, NoInfer<D>>,
  epsilon: number,
): { readonly y: Rows<F, D>; readonly cache: BatchNormEvalCache<F, D> } {
  requireEpsilonOrZero("batchNormEval: epsilon", epsilon);
  requireShape("batchNormEval: x", x.shape, [null, gamma.shape[0]]);
  for (const [name, vector] of Object.entries({ beta, popMean, popVar })) {
    requireShape(`batchNormEval: ${name}`, vector.shape, [gamma.shape[0]]);
  }
  const mean = empty([gamma.shape[0]], "float64").data;
  mean.set(popMean.data);
  const cache = { mode: "eval", x, gamma, mean, r: inverseDeviation(popVar.data, epsilon) } as const;
  return { y: affine(cache, beta), cache };
}

/**
 * dx = γ·r·dy, dγ = Σ dy·x̂, dβ = Σ dy: pop_mean and pop_var are constants, so nothing flows back through them.
 * This is where a training formula applied in testing goes wrong.
 */
export function batchNormEvalBackward<F extends number, D extends FloatDType>(
  dy: Rows<F, D>,
  cache: BatchNormEvalCache<F, D>,
): BatchNormGradients<F, D> {
  const { x, gamma, r } = cache;
  const { sumDy, sumDyXhat } = sums("batchNormEvalBackward", dy, cache);
  const dx = like(x);
  kernels().normalizeEvalBackward(dx.data, dy.data, r, gamma.data, x.shape[0], x.shape[1]);
  return { dx, dGamma: vectorLike(gamma, sumDyXhat), dBeta: vectorLike(gamma, sumDy) };
}

/** Weight of the old running value at each update, in [0, 1), or the plain average of all batches so far. */
export type Decay = number | "cumulative";
/** Divisor of the variance that the running pair averages: N (`"biased"`) or N − 1 (`"unbiased"`, PyTorch's). */
export type VarianceCorrection = "biased" | "unbiased";

export interface BatchNormOptions<D extends FloatDType = "float32"> {
  /** Default 0.9. Keras, Flax and ONNX call it momentum; PyTorch's momentum is 1 − decay. */
  readonly decay?: Decay;
  /** Added to the variance under the root; default 1e-5. */
  readonly epsilon?: number;
  /** Default `"biased"`. Concerns the running variance alone: the batch is always normalised by ÷N. */
  readonly varianceCorrection?: VarianceCorrection;
  readonly dtype?: D;
}

/** The running pair, and the number of batches that it has seen. */
export type BatchNormState<F extends number, D extends FloatDType> = {
  readonly popMean: Tensor<readonly [F], D>;
  readonly popVar: Tensor<readonly [F], D>;
  batches: number;
};

type BatchNormParameters<F extends number, D extends FloatDType> = {
  readonly gamma: Parameter<readonly [F], D>;
  readonly beta: Parameter<readonly [F], D>;
};

/**
 * Batch normalisation over the rows of x[N, F].
 *
 * In `"train"` mode it normalises by the batch (see {@link batchNormTrain}) and then moves the running pair:
 * pop = decay·pop + (1 − decay)·batch. In `"eval"` mode it normalises by the running pair (see {@link batchNormEval})
 * and writes nothing. `params.gamma` starts at 1, `params.beta` at 0, `state.popMean` at 0, `state.popVar` at 1.
 */
export class BatchNorm<F extends number = number, D extends FloatDType = "float32">
  implements Layer<F, F, D>
{
  readonly inWidth: F;
  readonly outWidth: F;
  readonly dtype: D;
  readonly decay: Decay;
  readonly epsilon: number;
  readonly varianceCorrection: VarianceCorrection;
  readonly params: BatchNormParameters<F, D>;
  readonly state: BatchNormState<F, D>;
  #cache: BatchNormTrainCache<F, D> | BatchNormEvalCache<F, D> | undefined;

  /** @throws RangeError where features, decay or epsilon is out of range. */
  constructor(features: F, options: BatchNormOptions<D> = {}) {
    const { decay = 0.9, epsilon = 1e-5, varianceCorrection = "biased", dtype = "float32" as D } = options;
    requireWidth("BatchNorm: features", features);
    if (decay !== "cumulative" && !(decay >= 0 && decay < 1)) {
      throw new RangeError(`BatchNorm: decay must be in [0, 1) or "cumulative", got ${decay}`);
    }
    requireEpsilon("BatchNorm: epsilon", epsilon);
    if (varianceCorrection !== "biased" && varianceCorrection !== "unbiased") {
      throw new RangeError(
        `BatchNorm: varianceCorrection must be "biased" or "unbiased", got ${varianceCorrection}`,
      );
    }
    this.inWidth = features;
    this.outWidth = features;
    this.dtype = dtype;
    this.decay = decay;
    this.epsilon = epsilon;
    this.varianceCorrection = varianceCorrection;
    const vector = (value: number) => full([features], value, dtype) as Vector<F, D>;
    this.params = { gamma: parameter(vector(1)), beta: parameter(vector(0)) };
    this.state = { popMean: vector(0), popVar: vector(1), batches: 0 };
  }

  get transient(): true {
    return true;
  }

  /** @throws ShapeError unless x is [N, F], in `"train"` mode with N ≥ 2; DTypeError for another dtype; RangeError for another mode. */
  forward(x: Rows<F, D>, mode: Mode): Rows<F, D> {
    requireMode("BatchNorm.forward", mode);
    const rows = mode === "train" ? { atLeast: 2 } : null;
    requireInput("BatchNorm.forward: x", x, [rows, this.inWidth], this.dtype);
    const gamma = this.params.gamma.value;
    const beta = this.params.beta.value;
    if (mode === "train") {
      const { y, cache, batch } = batchNormTrain(x, gamma, beta, this.epsilon);
      this.#cache = cache;
      this.#moveRunningPair(batch, x.shape[0]);
      return y;
    }
    const { y, cache } = batchNormEval(x, gamma, beta, this.state.popMean, this.state.popVar, this.epsilon);
    this.#cache = cache;
    return y;
  }

  /** By the formula of the mode that the last forward pass had; adds dγ and dβ to the parameters' `grad`. */
  backward(dy: Rows<F, D>): Rows<F, D> {
    const cache = requireForward("BatchNorm", this.#cache);
    requireInput("BatchNorm.backward: dy", dy, cache.x.shape, this.dtype);
    const { dx, dGamma, dBeta } =
      cache.mode === "train" ? batchNormTrainBackward(dy, cache) : batchNormEvalBackward(dy, cache);
    addGradient(this.params.gamma.grad, dGamma);
    addGradient(this.params.beta.grad, dBeta);
    return dx;
  }

  /**
   * pop = w·pop + (1 − w)·batch with w = decay, or w = batches/(batches + 1) for the cumulative average.
   * A batch that would put a NaN or an infinity there is left out, whether it holds one or its variance overflows
   * the dtype: averaged in, it would stay for ever.
   */
  #moveRunningPair({ mean, variance }: Moments, n: number): void {
    const { popMean, popVar, batches } = this.state;
    const w = this.decay === "cumulative" ? batches / (batches + 1) : this.decay;
    const correction = this.varianceCorrection === "unbiased" ? n / (n - 1) : 1;
    const nextMean = like(popMean);
    const nextVar = like(popVar);
    for (let j = 0; j < mean.length; j++) {
      nextMean.data[j] = w * popMean.data[j] + (1 - w) * mean[j];
      nextVar.data[j] = w * popVar.data[j] + (1 - w) * correction * variance[j];
    }
    if (!nextMean.data.every(Number.isFinite) || !nextVar.data.every(Number.isFinite)) return;
    popMean.data.set(nextMean.data);
    popVar.data.set(nextVar.data);
    this.state.batches = batches + 1;
  }
}
