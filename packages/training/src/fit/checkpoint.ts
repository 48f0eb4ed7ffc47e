import type { StateDict } from "@handgrad/layers";
import type { RandomState } from "@handgrad/tensor";
import type { EpochRecord } from "./history.js";

/**
 * All that a training depends on after a step: made by `checkpoint()` of a callback's training, taken by `fit` as
 * `resume`. Plain objects, arrays, numbers, strings and tensors.
 */
export interface Checkpoint {
  /** Steps done: the schedule goes on with this number. */
  readonly step: number;
  /** Of the next batch, from 1. */
  readonly epoch: number;
  /** Batches of that epoch that are done. */
  readonly batches: number;
  /** Losses of that epoch, each times its rows, and these rows. */
  readonly loss: number;
  readonly rows: number;
  /** Weights and running statistics, and the generators of dropout. */
  readonly model: StateDict;
  readonly optimizer: StateDict;
  /** The generators that the batches are drawn from, at the beginning of that epoch. */
  readonly random: readonly RandomState[];
  readonly epochs: readonly EpochRecord[];
  readonly stopped?: string;
  /** What each of the callbacks saved; null for one that saves nothing. */
  readonly callbacks: readonly unknown[];
}
