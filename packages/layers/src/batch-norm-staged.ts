import {
  add,
  div,
  type FloatDType,
  mean,
  mul,
  ones,
  type Rows,
  requireShape,
  type Shape,
  sqrt,
  sub,
  sum,
  type Tensor,
  type Vector,
} from "@handgrad/tensor";
import type { BatchNormGradients } from "./batch-norm.js";

/** The steps of the forward pass in their order. The way back undoes each of them, the last one first. */
export type BatchNormStep =
  | "mean"
  | "centre"
  | "square"
  | "variance"
  | "root"
  | "invert"
  | "scale"
  | "affine";

/** Names of the stages' values: those of the forward pass, and their gradients in the order of the way back. */
export type BatchNormStageName =
  | "mean"
  | "centred"
  | "squared"
  | "variance"
  | "deviation"
  | "inverse"
  | "normalized"
  | "dBeta"
  | "dGamma"
  | "dNormalized"
  | "dInverse"
  | "dCentredByScale"
  | "dDeviation"
  | "dVariance"
  | "dSquared"
  | "dCentredBySquare"
  | "dCentred"
  | "dMean"
  | "dx";

/** One line of the derivation with what it came to. */
export interface BatchNormStage<D extends FloatDType = FloatDType> {
  readonly step: BatchNormStep | `undo ${BatchNormStep}`;
  readonly name: BatchNormStageName;
  /** Such as `"dσ² = ds/(2·s)"`. */
  readonly formula: string;
  /** [N, F] for what each row has of its own, [F] for what the batch has in common. */
  readonly value: Tensor<Shape, D>;
}

export interface StagedBatchNormGradients<F extends number = number, D extends FloatDType = FloatDType>
  extends BatchNormGradients<F, D> {
  /** Every stage in the order of computation: the way there, then the way back. */
  readonly stages: readonly BatchNormStage<D>[];
}

/** Mean and variance by which a forward pass normalised. */
export interface NormalizedBy<F extends number = number, D extends FloatDType = FloatDType> {
  readonly mean: Vector<F, D>;
  readonly variance: Vector<F, D>;
}

/**
 * The backward pass of batch norm in training, one elementary step at a time, for reading, printing and comparing
 * with code of your own. {@link batchNormTrainBackward} computes the same gradients in one step, faster and with
 * less rounding: here every stage is rounded to the dtype.
 *
 * ```text
 * step      forward          undone
 * mean      μ  = mean(x)     dx = dc + dμ/N
 * centre    c  = x − μ       dc = dc₁ + dc₂,  dμ = −Σ dc
 * square    q  = c²          dc₂ = 2·c·dq
 * variance  σ² = mean(q)     dq = dσ²/N
 * root      s  = √(σ² + ε)   dσ² = ds/(2·s)
 * invert    r  = 1/s         ds = −dr·r²
 * scale     x̂  = c·r         dr = Σ dx̂·c,  dc₁ = dx̂·r
 * affine    y  = γ·x̂ + β     dx̂ = dy·γ,  dγ = Σ dy·x̂,  dβ = Σ dy
 * ```
 * Source: the chain rule applied to algorithm 1 of Ioffe & Szegedy 2015, as F. Kratzert drew it in "Understanding the
 * backward pass through Batch Normalization Layer", 2016.
 *
 * It is the derivation for training, where μ and σ² are the batch's. In testing they are constants, only the steps
 * scale and affine are left to undo, and dx = dy·γ·r: see {@link batchNormEvalBackward}.
 *
 * @param dy [N, F]
 * @param x [N ≥ 1, F]; one row gives dx = 0
 * @param gamma [F]
 * @param epsilon added to the variance under the root
 * @param normalizedBy the pair that the forward pass used, by default mean and biased variance of x. Another pair is
 * taken for the batch's on the way back. So the running pair gives what code does that has no backward pass of its
 * own for testing: right dγ and dβ, and a wrong dx.
 * @throws ShapeError where a shape is not as above.
 */
export function batchNormBackwardStaged<F extends number, D extends FloatDType>(
  dy: Rows<NoInfer<F>, NoInfer<D>>,
  x: Rows<F, D>,
  gamma: Vector<NoInfer<F>, NoInfer<D>>,
  epsilon: number,
  normalizedBy?: NormalizedBy<NoInfer<F>, NoInfer<D>>,
): StagedBatchNormGradients<F, D> {
  const [features] = gamma.shape;
  requireShape("batchNormBackwardStaged: x", x.shape, [{ atLeast: 1 }, features]);
  requireShape("batchNormBackwardStaged: dy", dy.shape, x.shape);
  if (normalizedBy) {
    requireShape("batchNormBackwardStaged: mean", normalizedBy.mean.shape, [features]);
    requireShape("batchNormBackwardStaged: variance", normalizedBy.variance.shape, [features]);
  }
  const n = x.shape[0];
  const stages: BatchNormStage<D>[] = [];
  /** Enters a stage into the list. The shapes are checked: from here on they are no longer tracked. */
  const stage = (
    step: BatchNormStage["step"],
    name: BatchNormStageName,
    formula: string,
    value: Tensor<Shape, D>,
  ): Tensor<Shape, D> => {
    stages.push({ step, name, formula, value });
    return value;
  };
  const input: Tensor<Shape, D> = x;
  const upstream: Tensor<Shape, D> = dy;
  const stretch: Tensor<Shape, D> = gamma;
  const overRows = (t: Tensor<Shape, D>) => sum(t, 0);
  const minus = (t: Tensor<Shape, D>) => mul(t, -1);

  const mu = normalizedBy
    ? stage("mean", "mean", "μ is given", normalizedBy.mean)
    : stage("mean", "mean", "μ = mean(x)", mean(input, 0));
  const c = stage("centre", "centred", "c = x − μ", sub(input, mu));
  const q = stage("square", "squared", "q = c²", mul(c, c));
  const variance = normalizedBy
    ? stage("variance", "variance", "σ² is given", normalizedBy.variance)
    : stage("variance", "variance", "σ² = mean(q)", mean(q, 0));
  const s = stage("root", "deviation", "s = √(σ² + ε)", sqrt(add(variance, epsilon)));
  const r = stage("invert", "inverse", "r = 1/s", div(ones(s.shape, s.dtype), s));
  const xhat = stage("scale", "normalized", "x̂ = c·r", mul(c, r));

  const dBeta = stage("undo affine", "dBeta", "dβ = Σ dy", overRows(upstream));
  const dGamma = stage("undo affine", "dGamma", "dγ = Σ dy·x̂", overRows(mul(upstream, xhat)));
  const dXhat = stage("undo affine", "dNormalized", "dx̂ = dy·γ", mul(upstream, stretch));
  const dr = stage("undo scale", "dInverse", "dr = Σ dx̂·c", overRows(mul(dXhat, c)));
  const dc1 = stage("undo scale", "dCentredByScale", "dc₁ = dx̂·r", mul(dXhat, r));
  const ds = stage("undo invert", "dDeviation", "ds = −dr·r²", minus(mul(dr, mul(r, r))));
  const dVariance = stage("undo root", "dVariance", "dσ² = ds/(2·s)", div(ds, mul(s, 2)));
  const dq = stage("undo variance", "dSquared", "dq = dσ²/N", div(dVariance, n));
  const dc2 = stage("undo square", "dCentredBySquare", "dc₂ = 2·c·dq", mul(mul(c, 2), dq));
  const dc = stage("undo centre", "dCentred", "dc = dc₁ + dc₂", add(dc1, dc2));
  const dMu = stage("undo centre", "dMean", "dμ = −Σ dc", minus(overRows(dc)));
  const dx = stage("undo mean", "dx", "dx = dc + dμ/N", add(dc, div(dMu, n)));

  return {
    dx: dx as Rows<F, D>,
    dGamma: dGamma as Vector<F, D>,
    dBeta: dBeta as Vector<F, D>,
    stages,
  };
}
