/**
 * How far rounding alone can move a batch norm from its exact result: worst cases, from the arithmetic.
 *
 * A sum of N terms in precision u is off by at most N·u·Σ|terms| (Higham, Accuracy and Stability of Numerical
 * Algorithms, §4.2), any other operation by u of its result. A mean that is rounded at offset μ moves every x̂ by
 * u·|μ|·r: that, not the size of x̂, is what a large offset costs. First order in u throughout; the margins below
 * cover the rest.
 */

/** 2^−(digits) of each format: the most by which one operation is off, relative to its result. */
export const UNIT = { float32: 2 ** -24, float64: 2 ** -53 } as const;
/** Below the normal numbers a result is rounded absolutely. */
const SMALLEST = { float32: 2 ** -149, float64: 2 ** -1074 } as const;
type Precision = keyof typeof UNIT;

/** Operations on one element's way through a formula, at most. */
const STEPS = 8;

export interface RoundedPass {
  /** [rows, features] each, row-major. */
  readonly x: ArrayLike<number>;
  readonly dy: ArrayLike<number>;
  readonly gamma: ArrayLike<number>;
  readonly beta: ArrayLike<number>;
  /** By feature, of the batch or of the running pair. */
  readonly mean: ArrayLike<number>;
  readonly r: ArrayLike<number>;
  readonly mode: "train" | "eval";
  /** Of the arithmetic in between, sums above all. */
  readonly arithmetic: Precision;
  /** Of the results. */
  readonly stored: Precision;
}

export interface Bounds {
  readonly xhat: Float64Array;
  readonly y: Float64Array;
  readonly dx: Float64Array;
  readonly dGamma: Float64Array;
  readonly dBeta: Float64Array;
}

export function roundingBounds(pass: RoundedPass): Bounds {
  const { x, dy, gamma, beta, mean, r } = pass;
  const features = gamma.length;
  const n = x.length / features;
  const u = UNIT[pass.arithmetic];
  const store = (value: number) => UNIT[pass.stored] * Math.abs(value) + SMALLEST[pass.stored];

  const bounds: Bounds = {
    xhat: new Float64Array(x.length),
    y: new Float64Array(x.length),
    dx: new Float64Array(x.length),
    dGamma: new Float64Array(features),
    dBeta: new Float64Array(features),
  };
  for (let j = 0; j < features; j++) {
    const g = Math.abs(gamma[j]);
    const offset = Math.abs(mean[j]) * r[j];
    let greatestDy = 0;
    let greatestXhat = 0;
    let sumDy = 0;
    for (let i = j; i < x.length; i += features) {
      greatestDy = Math.max(greatestDy, Math.abs(dy[i]));
      greatestXhat = Math.max(greatestXhat, Math.abs(x[i] - mean[j]) * r[j]);
      sumDy += Math.abs(dy[i]);
    }
    // Of the mean in units of 1/r, and of r relative to it. Given statistics have no error but r's own rounding.
    const sums = pass.mode === "train" ? n : 0;
    const meanError = u * (sums + STEPS) * (offset + greatestXhat);
    const rError = u * (sums + STEPS);
    const xhatError = meanError + rError * greatestXhat;
    bounds.dBeta[j] = n * u * sumDy + store(sumDy);
    bounds.dGamma[j] = sumDy * (xhatError + n * u * (greatestXhat + offset)) + store(sumDy * greatestXhat);
    for (let i = j; i < x.length; i += features) {
      const xhat = Math.abs(x[i] - mean[j]) * r[j];
      bounds.xhat[i] = xhatError;
      bounds.y[i] =
        g * xhatError +
        STEPS * u * (g * (xhat + offset) + Math.abs(beta[j])) +
        store(g * xhat + Math.abs(beta[j]));
      // dy − mean(dy) − x̂·mean(dy·x̂), whose terms are at most max|dy|·(1, 1, |x̂|), because mean(x̂²) ≤ 1.
      const size = pass.mode === "train" ? greatestDy * (2 + xhat) : Math.abs(dy[i]);
      const terms =
        pass.mode === "train"
          ? bounds.dBeta[j] / n + (xhat * bounds.dGamma[j]) / n + xhatError * greatestDy
          : 0;
      bounds.dx[i] = g * r[j] * (terms + (rError + STEPS * u) * size) + store(g * r[j] * size);
    }
  }
  return bounds;
}

/** The greatest share of its bound that an element's error takes: up to 1 is explained by rounding. NaN where one is. */
export function shareUsed(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  ...bounds: readonly ArrayLike<number>[]
): number {
  if (actual.length !== expected.length) return Number.NaN;
  let share = 0;
  for (let i = 0; i < actual.length; i++) {
    const bound = bounds.reduce((total, one) => total + one[i], 0);
    share = Math.max(share, actual[i] === expected[i] ? 0 : Math.abs(actual[i] - expected[i]) / bound);
  }
  return share;
}
