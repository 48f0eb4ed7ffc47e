import { join } from "node:path";
import type { Callback } from "../fit/callback.js";
import { EventFile } from "./tensorboard/event-file.js";

/**
 * Event files for TensorBoard, `tensorboard --logdir FOLDER`, with Keras's names: the runs `train` and `validation` of
 * the folder have `epoch_loss`, `epoch_accuracy` and `epoch_learning_rate`; with `steps`, `train` has `batch_loss`,
 * `batch_learning_rate` and `batch_gradient_norm` of every step, too. The horizontal axis counts steps in all of them.
 *
 * Each training writes files of its own: of an earlier one in the same folder, TensorBoard shows nothing any more, or,
 * with `resume`, what it was up to the checkpoint.
 */
export function tensorBoardLog(
  folder: string,
  { steps = false }: { readonly steps?: boolean } = {},
): Callback {
  let lastStep = 0;
  const open = () => ({
    train: new EventFile(join(folder, "train"), lastStep + 1),
    validation: new EventFile(join(folder, "validation"), lastStep + 1),
  });
  let { train, validation } = open();
  return {
    onStep: ({ step, loss, learningRate, gradientNorm }) => {
      lastStep = step;
      if (!steps) return;
      train.append(step, {
        batch_loss: loss,
        batch_learning_rate: learningRate,
        batch_gradient_norm: gradientNorm,
      });
    },
    onEpoch: (record) => {
      train.append(record.step, { epoch_loss: record.loss, epoch_learning_rate: record.learningRate });
      const { step, validation: found } = record;
      if (found) validation.append(step, { epoch_loss: found.loss, epoch_accuracy: found.accuracy });
    },
    onEnd: () => {
      train.close();
      validation.close();
    },
    save: () => {
      train.flush();
      validation.flush();
      return lastStep;
    },
    restore: (step: number) => {
      lastStep = step;
      ({ train, validation } = open());
    },
  };
}
