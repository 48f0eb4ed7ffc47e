/** Everything that is checked. {@link judge} lists `accumulation` and `save-and-load` only where they fail, the others in this order. */
export type CheckId =
  | "finite"
  | "running-pair-replay"
  | "batch-statistics-update"
  | "train-forward"
  | "train-gradient"
  | "eval-forward"
  | "eval-gradient"
  | "eval-writes-nothing"
  | "accumulation"
  | "save-and-load"
  | "running-pair-near-data"
  | "train-eval-gap"
  | "learns-faster-than-none";

/** One question put to the batch norm, with its answer. */
export interface Check {
  readonly id: CheckId;
  /** "inconclusive": the evidence cannot tell, `meaning` says why. That is no failure. */
  readonly passed: boolean | "inconclusive";
  /** What was measured, finite; null where there is no number to give. */
  readonly value: number | null;
  /** What `value` may be at most; null where there is no bound. */
  readonly bound: number | null;
  /** What was measured and what it says, in one or two plain sentences. */
  readonly meaning: string;
}
