/** In training a batch norm normalises by its batch, in eval by its running pair. */
export type Mode = "train" | "eval";

export type Precision = "float32" | "float64";

/** What an implementation promises; it is judged against this and nothing else. */
export interface Declaration {
  /** ε in 1/√(variance + ε). */
  readonly epsilon: number;
  /** pop = decay·pop + (1 − decay)·batch, in [0, 1); "cumulative" is the plain average of all batches. */
  readonly decay: number | "cumulative";
  /** Which batch variance enters popVar: Σ(x − μ)²/N, or Σ(x − μ)²/(N − 1) as in PyTorch. */
  readonly varianceCorrection: "biased" | "unbiased";
}

/** Everything a batch norm remembers from one pass to the next. Arrays have one number per feature. */
export interface BatchNormState {
  readonly gamma: ArrayLike<number>;
  readonly beta: ArrayLike<number>;
  readonly popMean: ArrayLike<number>;
  readonly popVar: ArrayLike<number>;
  readonly gammaGradient: ArrayLike<number>;
  readonly betaGradient: ArrayLike<number>;
  /** Training passes so far. An implementation that keeps no count reports 0 and ignores it when written. */
  readonly batches: number;
}

/**
 * Anybody's batch norm, seen through plain numbers. x, y, dy and dx are row-major [rows, features].
 * The doctor writes only values that `precision` can hold, and puts back what it read.
 */
export interface BatchNormSubject {
  readonly features: number;
  /** The precision in which the layer stores its numbers. */
  readonly precision: Precision;
  readonly declared: Declaration;
  /** Returns y; a training pass also updates the running pair. */
  forward(x: ArrayLike<number>, rows: number, mode: Mode): ArrayLike<number>;
  /** Returns dx of the last forward pass, and adds to the gradients of gamma and beta. */
  backward(dy: ArrayLike<number>, rows: number): ArrayLike<number>;
  /** Copies: a later pass must not change them. */
  read(): BatchNormState;
  /** Replaces what is given and leaves the rest alone. */
  write(values: Partial<BatchNormState>): void;
}
