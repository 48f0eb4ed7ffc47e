import { empty, type FloatData, kernels } from "@handgrad/tensor";

/**
 * Mean and biased variance of a batch's features, or of a row's, kept in float64: the next steps subtract and divide
 * by them. A variance beyond float64's range, of values beyond 1e154, is Infinity.
 */
export interface Moments {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/** r = 1/√(σ² + ε): ε inside the root, as in Ioffe & Szegedy 2015, algorithm 1. */
export function inverseDeviation(variance: ArrayLike<number>, epsilon: number): Float64Array {
  const r = empty([variance.length], "float64").data;
  for (let j = 0; j < r.length; j++) r[j] = 1 / Math.sqrt(variance[j] + epsilon);
  return r;
}

/** The moments of x[o, ·, i] over x[outer, length, inner], and their r. */
export function normalizer(
  x: FloatData,
  epsilon: number,
  outer: number,
  length: number,
  inner: number,
): Moments & { readonly r: Float64Array } {
  const mean = empty([outer * inner], "float64").data;
  const variance = empty([outer * inner], "float64").data;
  kernels().moments(mean, variance, x, outer, length, inner);
  const r = inverseDeviation(variance, epsilon);
  if (x instanceof Float64Array && !variance.every(Number.isFinite)) {
    rescueOverflow(x, epsilon, [outer, length, inner], { mean, variance }, r);
  }
  return { mean, variance, r };
}

/**
 * r of values whose squares overflow, and their moments: those of x·2⁻⁶⁰⁰, scaled back. Float32 has no such values.
 * What has moments already keeps them, bit for bit; a NaN or an infinity in x stays one.
 */
function rescueOverflow(
  x: Float64Array,
  epsilon: number,
  [outer, length, inner]: readonly [number, number, number],
  { mean, variance }: Moments,
  r: Float64Array,
): void {
  const down = 2 ** -600;
  const up = 2 ** 600;
  const smallMean = new Float64Array(mean.length);
  const smallVariance = new Float64Array(mean.length);
  const small = x.map((value) => value * down);
  kernels().moments(smallMean, smallVariance, small, outer, length, inner);
  for (let j = 0; j < mean.length; j++) {
    if (Number.isFinite(variance[j])) continue;
    mean[j] = smallMean[j] * up;
    variance[j] = smallVariance[j] * up * up;
    r[j] = down / Math.sqrt(smallVariance[j] + epsilon * down * down);
  }
}
