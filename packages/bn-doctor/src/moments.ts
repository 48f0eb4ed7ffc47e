/** One number of each kind per feature. */
export interface Moments {
  readonly mean: Float64Array;
  /** Biased: Σ(x − mean)²/N. */
  readonly variance: Float64Array;
}

/** What {@link batchMoments} measures: the moments, and the sizes on which their rounding depends. */
export interface BatchMoments extends Moments {
  /** mean(|x|) */
  readonly meanAbsolute: Float64Array;
  /** mean(x²) */
  readonly meanSquare: Float64Array;
}

/** Moments of each column of x, row-major [rows, features], in float64 and two passes. */
export function batchMoments(x: ArrayLike<number>, rows: number, features: number): BatchMoments {
  const mean = new Float64Array(features);
  const variance = new Float64Array(features);
  const meanAbsolute = new Float64Array(features);
  const meanSquare = new Float64Array(features);
  for (let i = 0; i < x.length; i++) {
    const c = i % features;
    mean[c] += x[i] / rows;
    meanAbsolute[c] += Math.abs(x[i]) / rows;
    meanSquare[c] += (x[i] * x[i]) / rows;
  }
  for (let i = 0; i < x.length; i++) {
    const c = i % features;
    variance[c] += (x[i] - mean[c]) ** 2 / rows;
  }
  return { mean, variance, meanAbsolute, meanSquare };
}

/**
 * Mean and biased variance of a whole data set that comes in batches.
 * Parts are merged as in Chan, Golub & LeVeque 1983, so offsets cost no digits.
 */
export class DataMoments implements Moments {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  #rows = 0;

  constructor(features: number) {
    this.mean = new Float64Array(features);
    this.variance = new Float64Array(features);
  }

  /** Takes in x, row-major [rows, features]. @throws Error when x has another length. */
  observe(x: ArrayLike<number>, rows: number): void {
    const features = this.mean.length;
    if (x.length !== rows * features) {
      throw new Error(`DataMoments.observe: x must hold ${rows} × ${features} numbers, got ${x.length}`);
    }
    const batch = batchMoments(x, rows, features);
    this.#rows += rows;
    const share = rows / this.#rows;
    for (let c = 0; c < features; c++) {
      const apart = batch.mean[c] - this.mean[c];
      this.mean[c] += share * apart;
      this.variance[c] += share * (batch.variance[c] - this.variance[c] + (1 - share) * apart * apart);
    }
  }
}
