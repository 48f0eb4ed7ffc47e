import type { Declaration } from "./implementation.js";
import { batchMoments, type Moments } from "./moments.js";
import { averageRounding, meanRounding, varianceRounding } from "./rounding.js";

/**
 * Computes what a layer's running pair must be, from the batches that reached it in training:
 * pop = keep·pop + (1 − keep)·batch in float64, from (0, 1), with keep = decay, or 1 − 1/t at the t-th batch of a
 * cumulative average.
 *
 * Call {@link observe} with the input of every training pass, and nothing else.
 */
export class RunningPairReplay implements Moments {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  /** How far an honest layer may have drifted from `mean`, in unit roundoffs of its own precision. */
  readonly meanRounding: Float64Array;
  /** The same for `variance`. */
  readonly varianceRounding: Float64Array;
  readonly decay: Declaration["decay"];
  readonly runningVariance: Declaration["runningVariance"];
  #batches: number;

  /** `batches`: how many the layer has counted before, where it averages cumulatively. */
  constructor(features: number, declared: Pick<Declaration, "decay" | "runningVariance">, batches = 0) {
    this.#batches = batches;
    this.mean = new Float64Array(features);
    this.variance = new Float64Array(features).fill(1);
    this.meanRounding = new Float64Array(features);
    this.varianceRounding = new Float64Array(features);
    this.decay = declared.decay;
    this.runningVariance = declared.runningVariance;
  }

  /** Training batches so far. */
  get batches(): number {
    return this.#batches;
  }

  /**
   * Takes in the input x of one training pass, row-major [rows, features].
   * @throws Error when x has another length, or fewer than two rows.
   */
  observe(x: ArrayLike<number>, rows: number): void {
    const features = this.mean.length;
    if (!(rows >= 2)) throw new Error(`RunningPairReplay.observe: rows must be at least 2, got ${rows}`);
    if (x.length !== rows * features) {
      throw new Error(
        `RunningPairReplay.observe: x must hold ${rows} × ${features} numbers, got ${x.length}`,
      );
    }
    this.#batches += 1;
    const keep = this.decay === "cumulative" ? 1 - 1 / this.#batches : this.decay;
    const correction = this.runningVariance === "unbiased" ? rows / (rows - 1) : 1;
    const batch = batchMoments(x, rows, features);
    for (let c = 0; c < features; c++) {
      const variance = batch.variance[c] * correction;
      this.meanRounding[c] =
        keep * this.meanRounding[c] +
        (1 - keep) * meanRounding(rows, batch.meanAbsolute[c]) +
        averageRounding(this.mean[c], batch.mean[c]);
      this.varianceRounding[c] =
        keep * this.varianceRounding[c] +
        (1 - keep) * correction * varianceRounding(rows, batch.meanSquare[c]) +
        averageRounding(this.variance[c], variance);
      this.mean[c] = keep * this.mean[c] + (1 - keep) * batch.mean[c];
      this.variance[c] = keep * this.variance[c] + (1 - keep) * variance;
    }
  }
}
