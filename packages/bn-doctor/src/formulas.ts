import type { Moments } from "./moments.js";

/** What one pass computes from. x is row-major [rows, features], the rest is [features]. */
export interface Pass {
  readonly x: ArrayLike<number>;
  readonly rows: number;
  readonly gamma: ArrayLike<number>;
  readonly beta: ArrayLike<number>;
  /** The batch's own moments in training, the running pair in eval. */
  readonly statistics: Moments;
  readonly epsilon: number;
}

/** Gradients of the loss. dx is [rows, features], the others are [features]. */
export interface Gradients {
  readonly dx: Float64Array;
  readonly gammaGradient: Float64Array;
  readonly betaGradient: Float64Array;
}

/** r = 1/√(variance + ε), per feature. */
export function inverseDeviation({ statistics, epsilon }: Pass): Float64Array {
  return statistics.variance.map((variance) => 1 / Math.sqrt(variance + epsilon));
}

/** x̂ = (x − mean)·r */
export function normalised(pass: Pass): Float64Array {
  const r = inverseDeviation(pass);
  const { mean } = pass.statistics;
  const features = r.length;
  return new Float64Array(pass.x).map((x, i) => (x - mean[i % features]) * r[i % features]);
}

/** y = γ·x̂ + β, in both modes */
export function output(pass: Pass): Float64Array {
  const features = pass.gamma.length;
  return normalised(pass).map((xHat, i) => pass.gamma[i % features] * xHat + pass.beta[i % features]);
}

/** dx = γ·r·(dy − mean(dy) − x̂·mean(dy·x̂)), dγ = Σ dy·x̂, dβ = Σ dy */
export function trainGradients(pass: Pass, dy: ArrayLike<number>): Gradients {
  const { rows, gamma } = pass;
  const features = gamma.length;
  const r = inverseDeviation(pass);
  const xHat = normalised(pass);
  const { gammaGradient, betaGradient } = affineGradients(xHat, dy, features);
  const dx = xHat.map((xHat, i) => {
    const c = i % features;
    return gamma[c] * r[c] * (dy[i] - betaGradient[c] / rows - (xHat * gammaGradient[c]) / rows);
  });
  return { dx, gammaGradient, betaGradient };
}

/** dx = γ·r·dy, because the running pair is constant; dγ = Σ dy·x̂, dβ = Σ dy */
export function evalGradients(pass: Pass, dy: ArrayLike<number>): Gradients {
  const features = pass.gamma.length;
  const r = inverseDeviation(pass);
  const dx = new Float64Array(dy).map((dy, i) => pass.gamma[i % features] * r[i % features] * dy);
  return { dx, ...affineGradients(normalised(pass), dy, features) };
}

function affineGradients(xHat: Float64Array, dy: ArrayLike<number>, features: number) {
  const gammaGradient = new Float64Array(features);
  const betaGradient = new Float64Array(features);
  for (let i = 0; i < xHat.length; i++) {
    gammaGradient[i % features] += dy[i] * xHat[i];
    betaGradient[i % features] += dy[i];
  }
  return { gammaGradient, betaGradient };
}
