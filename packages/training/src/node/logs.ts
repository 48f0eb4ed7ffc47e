import type { Callback } from "../fit/callback.js";
import type { EpochRecord } from "../fit/history.js";
import { AppendedFile } from "./appended-file.js";

const COLUMNS = {
  epoch: ({ epoch }: EpochRecord) => epoch,
  step: ({ step }: EpochRecord) => step,
  loss: ({ loss }: EpochRecord) => loss,
  learning_rate: ({ learningRate }: EpochRecord) => learningRate,
  validation_loss: ({ validation }: EpochRecord) => validation?.loss,
  validation_accuracy: ({ validation }: EpochRecord) => validation?.accuracy,
};

/** What a log needs beside its lines: the file is closed in the end, and a checkpoint knows how far it was written. */
const keeping = (file: AppendedFile): Required<Pick<Callback, "onEnd" | "save" | "restore">> => ({
  onEnd: () => file.close(),
  save: () => file.save(),
  restore: (length: number) => file.restore(length),
});

/**
 * A row an epoch: epoch, step, loss, learning rate, and validation where there is one. Begins the file anew; with
 * `resume` it goes on where the checkpoint was taken.
 */
export function csvLog(path: string): Callback {
  const file = new AppendedFile(path);
  return {
    ...keeping(file),
    onEpoch: (record) => {
      if (file.isEmpty) file.append(`${Object.keys(COLUMNS).join(",")}\n`);
      file.append(
        `${Object.values(COLUMNS)
          .map((column) => column(record) ?? "")
          .join(",")}\n`,
      );
    },
  };
}

/**
 * A JSON object a line: every step's loss and learning rate with `"steps"`, and every epoch's record. Begins the file
 * anew; with `resume` it goes on where the checkpoint was taken. A number that is not finite is null.
 */
export function jsonLinesLog(path: string, { steps = false }: { readonly steps?: boolean } = {}): Callback {
  const file = new AppendedFile(path);
  const log = (line: object) => file.append(`${JSON.stringify(line)}\n`);
  return { ...keeping(file), ...(steps && { onStep: log }), onEpoch: log };
}
