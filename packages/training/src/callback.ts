import type { Sequential } from "@handgrad/layers";
import type { Checkpoint } from "./checkpoint.js";
import type { Optimizer } from "./optimizer.js";

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

/** The training that a callback is told of, as it stands after a step. */
export interface Training {
  readonly model: Pick<Sequential, "parameters" | "stateDict" | "loadStateDict">;
  readonly optimizer: Optimizer;
  /**
   * A copy of all that the rest of the training depends on; `fit` goes on from it as `resume`. Taken in `onSettled`, it
   * has what every callback made of the step.
   * @throws Error between the batches of one step, of which there is no half.
   */
  checkpoint(): Checkpoint;
  /** Ends the training once all callbacks were told of this step or epoch; the first reason counts. */
  stop(reason: string): void;
}

export interface StepInfo {
  /** Steps done, this one included. */
  readonly step: number;
  /** The epoch that the step belongs to, from 1. */
  readonly epoch: number;
  /** Training-mode loss of the step's batch, before its update; of several, the mean over their rows. */
  readonly loss: number;
  /** Rows of the batch, or of the step's batches together. */
  readonly rows: number;
  /** The learning rate of the step's update. */
  readonly learningRate: number;
  /** Norm of all gradients before they were clipped, where they are clipped by norm. */
  readonly gradientNorm?: number;
}

/** What all callbacks were told of: a step, an epoch, or that the training ends here before its time. */
export interface Settled {
  readonly after: "step" | "epoch" | "stop";
  /** Steps done. */
  readonly step: number;
}

/** Is told how a training goes. Each function may return a promise, which is awaited. */
export interface Callback {
  /** After every step. */
  readonly onStep?: (info: StepInfo, training: Training) => unknown;
  /** After every epoch and its validation. */
  readonly onEpoch?: (record: EpochRecord, training: Training) => unknown;
  /** After all callbacks were told of a step or an epoch, and before `onEnd` of a training that was stopped. */
  readonly onSettled?: (settled: Settled, training: Training) => unknown;
  /** Once, in the end, however it came; not after an error. */
  readonly onEnd?: (history: History, training: Training) => unknown;
  /**
   * What a checkpoint must hold for this callback to go on: a copy, made of plain objects, arrays, strings, numbers,
   * booleans, null and tensors.
   */
  readonly save?: () => unknown;
  /** Takes back what `save` gave. */
  readonly restore?: (saved: never) => void;
}
