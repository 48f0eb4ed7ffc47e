import { createHash } from "node:crypto";
import type { Checkpoint } from "@handgrad/training";
import { CheckpointError, CheckpointFolder } from "@handgrad/training/node";
import { BadInput, OutputFolder } from "terminal";
import type { CheckpointOptions } from "../options/options.js";
import type { Digits } from "./digits.js";
import type { Settings } from "./settings.js";
import type { Keeping } from "./train-run.js";

/** The last checkpoint of each run; null for one that has none. */
type Saved = readonly [withoutBatchNorm: Checkpoint | null, withBatchNorm: Checkpoint | null];

/** The checkpoints of a job of two runs. A run that broke down before its end does so again when the job goes on. */
export class SavedJob {
  readonly #folder: CheckpointFolder<Saved>;
  readonly #every: number;
  #saved: Saved = [null, null];

  /**
   * Takes the last checkpoint, where the job is to go on; `warn` is told of damaged ones.
   * @throws BadInput where the folder cannot be written to, where there is a checkpoint and the job is not to go on, or
   *   it is of other settings or digits or all are damaged.
   */
  constructor(
    { folder, every, resume }: CheckpointOptions,
    settings: Settings,
    digits: Digits,
    stepsPerEpoch: number,
    warn: (line: string) => void,
  ) {
    this.#every = every ?? stepsPerEpoch;
    const { path } = new OutputFolder(folder, "--checkpoint");
    this.#folder = asInput(
      () => new CheckpointFolder<Saved>(path, { identity: identityOf(settings, digits) }),
    );
    if (!resume && !this.#folder.isEmpty) {
      throw new BadInput(
        `--checkpoint ${folder}: there is a checkpoint already; --resume goes on from it, or choose another folder`,
      );
    }
    const loaded = resume ? asInput(() => this.#folder.load()) : undefined;
    if (!loaded) return;
    for (const line of loaded.damaged) warn(line);
    if (loaded.damaged.length > 0) warn(`going on from ${loaded.path}`);
    this.#saved = loaded.value;
  }

  keeping(run: 0 | 1): Pick<Keeping, "every" | "onCheckpoint" | "resume"> {
    const resume = this.#saved[run];
    return {
      every: this.#every,
      ...(resume && { resume }),
      onCheckpoint: (checkpoint) => {
        // A run that was over has nothing new to keep.
        if (checkpoint.step === resume?.step) return;
        this.#saved = run === 0 ? [checkpoint, this.#saved[1]] : [this.#saved[0], checkpoint];
        asInput(() => this.#folder.save(this.#saved));
      },
    };
  }
}

/** What all that a job keeps belongs to. A folder's name alone does not say what is in it. */
export const identityOf = (settings: Settings, digits: Digits) => ({
  ...settings,
  "digits' checksum": checksum(digits),
});

function checksum({ train, test }: Digits): string {
  const hash = createHash("sha256");
  for (const { inputs, labels } of [train, test]) {
    for (const { shape, data } of [inputs, labels]) {
      hash.update(`${shape}\n`).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
  }
  return hash.digest("hex").slice(0, 16);
}

function asInput<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof CheckpointError) throw new BadInput(`--checkpoint: ${error.message}`);
    throw error;
  }
}
