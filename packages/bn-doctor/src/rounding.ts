/**
 * How far an honest implementation may lie from the exact formulas: tolerances derived from the arithmetic.
 *
 * u is the unit roundoff of the layer's precision. Sums are granted the worst case of a plain loop in that
 * precision, (N − 1)·u·Σ|terms| (Higham, Accuracy and Stability, §4.2), and the variance that of mean(x²) − μ²,
 * which well-known libraries use. On batches far from zero this grants much; the probes, whose σ is of the order
 * of |x|, leave no such room: there everything stays within some hundred u, and a fault is some million u.
 */

import { type Gradients, inverseDeviation, normalised, type Pass } from "./formulas.js";
import type { Precision } from "./implementation.js";
import type { BatchMoments } from "./moments.js";

/** The most by which one operation's result is wrong, relative to it. */
export const UNIT = { float32: 2 ** -24, float64: 2 ** -53 } as const satisfies Record<Precision, number>;

/** The same, and the smallest number with all its digits. */
const FORMATS = {
  float32: { unit: UNIT.float32, smallest: 2 ** -126 },
  float64: { unit: UNIT.float64, smallest: 2 ** -1022 },
} as const satisfies Record<Precision, unknown>;

/** Operations in which one element is rounded on its way through a formula; no form in use has more. */
const STEPS = 4;

/** One share for the layer, one for the formulas here: in float64 both round alike. */
const BOTH_SIDES = 2;

/** Absolute errors of the statistics that a pass normalises by. */
export interface StatisticsErrors {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/** Error of a batch mean, in units of u: a sum of N terms, a division, a store. */
export function meanRounding(rows: number, meanAbsolute: number): number {
  return (rows + 1) * meanAbsolute;
}

/** Error of a batch variance, in units of u, as for mean(x²) − μ²; two passes do better. */
export function varianceRounding(rows: number, meanSquare: number): number {
  return 2 * (rows + STEPS) * meanSquare;
}

/** What one update keep·pop + (1 − keep)·batch adds, in units of u; keep itself may be rounded too. */
export function averageRounding(pop: number, batch: number): number {
  return STEPS * (Math.abs(pop) + Math.abs(batch));
}

/** Absolute tolerance for a value whose error is given in units of u. */
export function toleranceOf(rounding: Float64Array, precision: Precision): Float64Array {
  const { unit, smallest } = FORMATS[precision];
  return rounding.map((error) => BOTH_SIDES * error * unit + smallest);
}

/** Errors of the statistics that a layer takes from its batch. */
export function batchErrors(moments: BatchMoments, rows: number, precision: Precision): StatisticsErrors {
  const { unit, smallest } = FORMATS[precision];
  return {
    mean: moments.meanAbsolute.map((size) => meanRounding(rows, size) * unit + smallest),
    variance: moments.meanSquare.map((size) => varianceRounding(rows, size) * unit + smallest),
  };
}

/** Errors of statistics that are read as they are stored: none. */
export function noErrors(features: number): StatisticsErrors {
  return { mean: new Float64Array(features), variance: new Float64Array(features) };
}

/** Tolerance of y, one per element. */
export function outputTolerance(pass: Pass, errors: StatisticsErrors, precision: Precision): Float64Array {
  const { unit, smallest } = FORMATS[precision];
  const features = pass.gamma.length;
  const xHat = normalised(pass);
  const xHatError = normalisedErrors(pass, errors, precision).xHat;
  return xHat.map((xHat, i) => {
    const gamma = Math.abs(pass.gamma[i % features]);
    const rounding = STEPS * unit * (gamma * Math.abs(xHat) + Math.abs(pass.beta[i % features]));
    return BOTH_SIDES * (gamma * xHatError[i] + rounding) + smallest;
  });
}

/**
 * Tolerances of the training gradients. Those of dx are absolute, of the order of γ·r·max|dy|: with two rows dx is
 * the small rest of terms of that size, and its relative error has no bound.
 */
export function trainGradientTolerances(
  pass: Pass,
  dy: ArrayLike<number>,
  errors: StatisticsErrors,
  precision: Precision,
): Gradients {
  const { unit, smallest } = FORMATS[precision];
  const { rows } = pass;
  const features = pass.gamma.length;
  const r = inverseDeviation(pass);
  const xHat = normalised(pass);
  const errorsOf = normalisedErrors(pass, errors, precision);
  const affine = affineGradientTolerances(xHat, errorsOf.xHat, dy, rows, precision);
  const largest = new Float64Array(features);
  for (let i = 0; i < dy.length; i++) {
    largest[i % features] = Math.max(largest[i % features], Math.abs(dy[i]));
  }
  const dx = xHat.map((xHat, i) => {
    const c = i % features;
    // |dy − mean(dy) − x̂·mean(dy·x̂)| is a sum of three terms below these sizes, since mean(x̂²) ≤ 1.
    const size = largest[c] * (2 + Math.abs(xHat));
    const error =
      affine.betaGradient[c] / rows +
      (Math.abs(xHat) * affine.gammaGradient[c]) / rows +
      errorsOf.xHat[i] * (largest[c] + affine.gammaGradient[c] / rows) +
      STEPS * unit * size;
    const scale = Math.abs(pass.gamma[c]) * r[c];
    return BOTH_SIDES * scale * ((1 + errorsOf.r[c]) * error + errorsOf.r[c] * size) + smallest;
  });
  return { dx, ...affine };
}

/** Tolerances of the eval gradients. */
export function evalGradientTolerances(pass: Pass, dy: ArrayLike<number>, precision: Precision): Gradients {
  const { unit, smallest } = FORMATS[precision];
  const features = pass.gamma.length;
  const r = inverseDeviation(pass);
  const xHat = normalised(pass);
  const errors = normalisedErrors(pass, noErrors(features), precision);
  const dx = new Float64Array(dy).map((dy, i) => {
    const size = Math.abs(pass.gamma[i % features]) * r[i % features] * Math.abs(dy);
    return BOTH_SIDES * 2 * STEPS * unit * size + smallest;
  });
  return { dx, ...affineGradientTolerances(xHat, errors.xHat, dy, pass.rows, precision) };
}

/** Absolute errors of x̂, one per element, and relative errors of r, one per feature. */
function normalisedErrors(pass: Pass, errors: StatisticsErrors, precision: Precision) {
  const { unit } = FORMATS[precision];
  const features = pass.gamma.length;
  const { mean, variance } = pass.statistics;
  const r = inverseDeviation(pass);
  const xHat = normalised(pass);
  // To first order half of it; the whole still holds where the variance is wrong by more than itself.
  const rError = variance.map((variance, c) => errors.variance[c] / (variance + pass.epsilon) + STEPS * unit);
  const xHatError = xHat.map((xHat, i) => {
    const c = i % features;
    // |x| + |mean| rather than |x − mean| grants the folded form x·(γ·r) + (β − mean·γ·r).
    const centred = errors.mean[c] + STEPS * unit * (Math.abs(pass.x[i]) + Math.abs(mean[c]));
    return r[c] * (1 + rError[c]) * centred + Math.abs(xHat) * rError[c];
  });
  return { xHat: xHatError, r: rError };
}

function affineGradientTolerances(
  xHat: Float64Array,
  xHatErrors: Float64Array,
  dy: ArrayLike<number>,
  rows: number,
  precision: Precision,
) {
  const { unit, smallest } = FORMATS[precision];
  const features = xHat.length / rows;
  const gammaGradient = new Float64Array(features).fill(smallest);
  const betaGradient = new Float64Array(features).fill(smallest);
  const sum = (rows + STEPS) * unit;
  for (let i = 0; i < xHat.length; i++) {
    const size = Math.abs(dy[i]);
    gammaGradient[i % features] += BOTH_SIDES * size * (xHatErrors[i] + sum * Math.abs(xHat[i]));
    betaGradient[i % features] += BOTH_SIDES * size * sum;
  }
  return { gammaGradient, betaGradient };
}
