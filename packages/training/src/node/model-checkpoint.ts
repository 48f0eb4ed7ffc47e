import type { Callback } from "../fit/callback.js";
import type { Checkpoint } from "../fit/checkpoint.js";
import { requireCount } from "../require.js";
import type { CheckpointFolder } from "./checkpoint-folder.js";

export interface ModelCheckpointOptions {
  /** Also after every so many steps. */
  readonly everySteps?: number;
}

/**
 * Saves a checkpoint after every epoch, and where the training is stopped: when all callbacks were told, wherever among
 * them it stands. `fit` goes on from `folder.load()?.value` as `resume`.
 * @throws RangeError where everySteps is no positive integer.
 */
export function modelCheckpoint(
  folder: CheckpointFolder<Checkpoint>,
  { everySteps }: ModelCheckpointOptions = {},
): Callback {
  if (everySteps !== undefined) requireCount("modelCheckpoint: everySteps", everySteps);
  return {
    onSettled: ({ after, step }, { checkpoint }) => {
      if (after !== "step" || (everySteps !== undefined && step % everySteps === 0))
        folder.save(checkpoint());
    },
  };
}
