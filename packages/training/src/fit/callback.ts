import type { Sequential } from "@handgrad/layers";
import type { Optimizer } from "../optimizers/optimizer.js";
import type { Checkpoint } from "./checkpoint.js";
import type { EpochRecord, History } from "./history.js";

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
