/** In training a batch norm normalises by its batch, in eval by its running pair. */
export type Mode = "train" | "eval";

export type Precision = "float32" | "float64";

/** What an implementation promises. */
export interface Declaration {
  /** ε in 1/√(variance + ε). */
  readonly epsilon: number;
  /** pop = decay·pop + (1 − decay)·batch, in [0, 1); "cumulative" is the plain average of all batches. */
  readonly decay: number | "cumulative";
  /** Which batch variance enters popVar: Σ(x − μ)²/N, or Σ(x − μ)²/(N − 1) as in PyTorch. */
  readonly runningVariance: "biased" | "unbiased";
}

/** Everything that decides what a pass gives. Arrays have one number per feature. */
export interface BatchNormState {
  readonly gamma: ArrayLike<number>;
  readonly beta: ArrayLike<number>;
  readonly popMean: ArrayLike<number>;
  readonly popVar: ArrayLike<number>;
  /** Training passes so far. */
  readonly batches: number;
}

/** What one backward pass gives: dx is [rows, features], the others are [features]. */
export interface BackwardResult {
  readonly dx: ArrayLike<number>;
  /** Σ dy·x̂; together with earlier passes where the implementation has a {@link BatchNormImplementation.zeroGrad}. */
  readonly dgamma?: ArrayLike<number>;
  /** Σ dy */
  readonly dbeta?: ArrayLike<number>;
}

/** An array that can be written into. */
export interface MutableNumbers {
  readonly length: number;
  [index: number]: number;
}

/**
 * Anybody's batch norm, seen through plain numbers. x, y, dy and dx are row-major [rows, features].
 * What is left out is not judged. The doctor writes only values that `precision` can hold, and puts back what it read.
 */
export interface BatchNormImplementation {
  /** C, the width of every row. */
  readonly features: number;
  /** The precision in which the implementation stores its numbers. x and dy come in an array of this kind. */
  readonly precision: Precision;
  /** Returns y; a training pass also updates the running pair. */
  forward(x: Float32Array | Float64Array, rows: number, mode: Mode): ArrayLike<number>;
  /** Gradients of the last forward pass. */
  backward?(dy: Float32Array | Float64Array, rows: number): BackwardResult;
  /** The present numbers. Leave out what the implementation does not have, such as γ and β. */
  read(): Partial<BatchNormState>;
  /** Replaces what is given and leaves the rest alone. Gets nothing that `read` leaves out. */
  write(values: Partial<BatchNormState>): void;
  /** Clears dγ and dβ. Having it declares that backward passes add to them until then. */
  zeroGrad?(): void;
  /** The live arrays that an optimiser is given to train. */
  parameters?(): readonly MutableNumbers[];
  /** What a checkpoint keeps. */
  save?(): unknown;
  /** Takes back what {@link BatchNormImplementation.save} gave. */
  load?(saved: unknown): void;
}
