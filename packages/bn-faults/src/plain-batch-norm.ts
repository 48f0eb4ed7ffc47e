/** What a plain batch norm is told when it is made. */
export interface BatchNormOptions {
  /** C, the width of every row. */
  readonly features: number;
  /** The share of the old value that the running pair keeps; "cumulative" is the plain average of all batches. */
  readonly decay: number | "cumulative";
  readonly epsilon: number;
  /** Which batch variance enters the running pair: Σ(x − μ)²/N or Σ(x − μ)²/(N − 1). */
  readonly varianceCorrection: "biased" | "unbiased";
  /** In which precision parameters, running pair and results are stored. In which the sums run is up to each file. */
  readonly precision: "float32" | "float64";
}

/** Numbers in the layer's own precision. */
export type Numbers = Float32Array | Float64Array;

/** What a checkpoint keeps, by name. */
export type Checkpoint = Readonly<Record<string, readonly number[] | number>>;

/**
 * A batch norm over plain arrays, without tensors. x, y, dy and dx are row-major [rows, features];
 * everything else is [features] and live: reading sees the present value, writing changes the layer.
 */
export interface PlainBatchNorm {
  readonly gamma: Numbers;
  readonly beta: Numbers;
  readonly gammaGradient: Numbers;
  readonly betaGradient: Numbers;
  readonly popMean: Numbers;
  readonly popVar: Numbers;
  /** Training batches seen so far, without those that the running pair was spared. */
  batches: number;
  /**
   * Returns y. A training pass also moves the running pair, unless that would put a NaN or an infinity there.
   * Throws a RangeError for a wrong length, and for fewer than two rows in training.
   */
  forward(x: ArrayLike<number>, rows: number, mode: "train" | "eval"): Numbers;
  /** Returns dx of the last forward pass and adds to the affine gradients. */
  backward(dy: ArrayLike<number>, rows: number): Numbers;
  /** What an optimiser is given to train: gamma and beta, the live arrays. */
  parameters(): readonly Numbers[];
  /** What a checkpoint is given to keep: gamma, beta, popMean, popVar and batches, as copies. */
  save(): Checkpoint;
  /** Takes back what `save` gave. Throws a RangeError where an entry is missing or has a wrong length. */
  load(saved: Checkpoint): void;
}
