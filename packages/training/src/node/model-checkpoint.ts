import type { Callback, Training } from "../callback.js";
import type { Checkpoint } from "../checkpoint.js";
import { requireCount } from "../require.js";
import type { CheckpointFolder } from "./checkpoint-folder.js";

export interface ModelCheckpointOptions {
  /** Also after every so many steps. */
  readonly everySteps?: number;
}

/**
 * Saves a checkpoint after every epoch, and in the end. It belongs behind all other callbacks, so that these have heard
 * of the step that the checkpoint is of; `fit` goes on from `folder.load()?.value` as `resume`.
 * @throws RangeError where everySteps is no positive integer.
 */
export function modelCheckpoint(
  folder: CheckpointFolder<Checkpoint>,
  { everySteps }: ModelCheckpointOptions = {},
): Callback {
  if (everySteps !== undefined) requireCount("modelCheckpoint: everySteps", everySteps);
  const save = ({ checkpoint }: Training) => {
    folder.save(checkpoint());
  };
  return {
    onStep: ({ step }, training) => {
      if (everySteps !== undefined && step % everySteps === 0) save(training);
    },
    onEpoch: (_, training) => save(training),
    // An abort may have come in the middle of an epoch.
    onEnd: ({ stopped }, training) => {
      if (stopped !== undefined) save(training);
    },
  };
}
