import type { StateDict } from "@handgrad/layers";
import { requireCount, requireNotNegative } from "../require.js";
import type { Callback } from "./callback.js";
import { ABORTED, type EpochRecord } from "./history.js";

export interface EarlyStoppingOptions {
  /** What is watched: the validation's loss (default) or accuracy, or the training loss. */
  readonly monitor?: "validation loss" | "validation accuracy" | "training loss";
  /** Epochs without improvement after which training ends; default 5. */
  readonly patience?: number;
  /** An improvement must be more than this; default 0. */
  readonly minDelta?: number;
}

interface Saved {
  readonly monitor: string;
  readonly best: number;
  readonly epoch: number;
  readonly bad: number;
  readonly state: StateDict | null;
}

/**
 * Ends the training when an epoch's figure has not improved for `patience` epochs. In the end, however it comes but by
 * an abort, the model gets back the weights and the running statistics of the best epoch.
 *
 * As Keras' `EarlyStopping` with `restore_best_weights`. After an error, such as a NonFiniteLossError, the model is as it
 * stood then; `best.state` has the best epoch's, for `model.loadStateDict`.
 * @throws RangeError for an option out of its range, and in `fit` without the validation that it watches; Error in `fit`
 *   where a checkpoint holds another callback's state in its place, or was taken while it watched something else.
 */
export function earlyStopping({
  monitor = "validation loss",
  patience = 5,
  minDelta = 0,
}: EarlyStoppingOptions = {}): Callback & {
  readonly best: { readonly epoch: number; readonly value: number; readonly state: StateDict | undefined };
} {
  requireCount("earlyStopping: patience", patience);
  requireNotNegative("earlyStopping: minDelta", minDelta);
  const sign = monitor === "validation accuracy" ? -1 : 1;
  let best = sign * Number.POSITIVE_INFINITY;
  let epoch = 0;
  let bad = 0;
  let state: StateDict | undefined;
  return {
    /** Epoch 0 before there is one. */
    get best() {
      return { epoch, value: best, state };
    },
    onEpoch: (record, { model, stop }) => {
      const value = watched(record, monitor);
      if (sign * (best - value) > minDelta) {
        best = value;
        epoch = record.epoch;
        bad = 0;
        state = model.stateDict();
        return;
      }
      bad++;
      if (bad >= patience) stop(`no better ${monitor} since epoch ${epoch}`);
    },
    onEnd: ({ stopped }, { model }) => {
      if (state && stopped !== ABORTED) model.loadStateDict(state);
    },
    save: (): Saved => ({ monitor, best, epoch, bad, state: state ?? null }),
    restore: (saved: Saved) => {
      if (saved.monitor !== monitor) {
        throw new Error(
          `earlyStopping: the checkpoint must be of one that watches the ${monitor}, got ${saved.monitor ?? "another callback's"}`,
        );
      }
      ({ best, epoch, bad } = saved);
      state = saved.state ?? undefined;
    },
  };
}

function watched(
  { loss, validation }: EpochRecord,
  monitor: NonNullable<EarlyStoppingOptions["monitor"]>,
): number {
  if (monitor === "training loss") return loss;
  if (!validation) throw new RangeError(`earlyStopping: the ${monitor} needs fit's option validation`);
  return monitor === "validation loss" ? validation.loss : validation.accuracy;
}
