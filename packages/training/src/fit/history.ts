/** `stopped` of a history whose training an AbortSignal ended. */
export const ABORTED = "aborted";

/** What an epoch's validation found, in eval mode. */
export interface Validation {
  /** Mean softmax cross-entropy, in nats. */
  readonly loss: number;
  /** In [0, 1]. */
  readonly accuracy: number;
}

/** One epoch of a history. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Steps done, this epoch's included. */
  readonly step: number;
  /** Mean training-mode loss over the epoch's rows, each before the update that followed it. */
  readonly loss: number;
  /** Of the epoch's last step. */
  readonly learningRate: number;
  /** Where `fit` has `validation`. */
  readonly validation?: Validation;
}

/** What `fit` returns. */
export interface History {
  readonly epochs: readonly EpochRecord[];
  /** Why there are not as many epochs as asked for: the reason given to `stop`, or `"aborted"`. */
  readonly stopped?: string;
}
