import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint-file.js";
import { makeFolder } from "./make-folder.js";

/** A checkpoint that cannot be written, read or used; the message is one line for the user. */
export class CheckpointError extends Error {
  override readonly name = "CheckpointError";
}

export interface CheckpointFolderOptions {
  /** What the checkpoints belong to, such as the settings of the run: others are refused. Plain data. */
  readonly identity?: Readonly<Record<string, unknown>>;
}

export interface LoadedCheckpoint<Saved> {
  readonly value: Saved;
  readonly path: string;
  /** Newer files that are damaged: one line each, which names the file and what is wrong. */
  readonly damaged: readonly string[];
}

const NAME = /^checkpoint-(\d{6,})\.bin$/;
const UNFINISHED = /^checkpoint-\d{6,}\.bin\.[0-9a-f]+\.tmp$/;

/**
 * The checkpoints of one run: `checkpoint-000001.bin` and so on, the last two of which are kept. A file is written under
 * another name, flushed to the disk and renamed, so that a checkpoint is there whole or not at all, whatever ends the
 * process; a checksum tells a damaged one. One process at a time writes to the folder: where it finds a checkpoint that
 * it neither loaded nor wrote, it refuses to.
 */
export class CheckpointFolder<Saved> {
  readonly path: string;
  readonly #identity: Readonly<Record<string, unknown>>;
  /** Number of the newest file that was loaded or written here, damaged or not; 0 before there is one. */
  #newest = 0;
  /** Number of the newest that is whole. */
  #whole = 0;

  /** Makes the folder. @throws CheckpointError where that fails, TypeError for an identity that is no plain data. */
  constructor(path: string, { identity = {} }: CheckpointFolderOptions = {}) {
    this.path = path;
    // As it comes back from a file: without what is undefined.
    this.#identity = (
      decodeCheckpoint(encodeCheckpoint({ identity })) as { identity: typeof identity }
    ).identity;
    attempt(`cannot make the folder ${path}`, () => makeFolder(path));
  }

  /** Whether there is no checkpoint, damaged ones included. */
  get isEmpty(): boolean {
    return this.#numbers().length === 0;
  }

  /**
   * Writes a checkpoint of plain objects, arrays, strings, numbers, booleans, null and tensors, and returns its path.
   * @throws CheckpointError where it cannot be written, such as on a full disk, or where the folder has a newer one that
   *   was neither loaded nor written here: the ones before it are as they were.
   */
  save(value: Saved): string {
    const numbers = this.#numbers();
    if (numbers.length > 0 && numbers[0] > this.#newest) {
      throw new CheckpointError(
        `${this.#pathOf(numbers[0])} was neither loaded nor written by this run, and one process at a time may write to a folder`,
      );
    }
    const number = this.#newest + 1;
    const path = this.#pathOf(number);
    const unfinished = `${path}.${randomBytes(4).toString("hex")}.tmp`;
    const bytes = encodeCheckpoint({ identity: this.#identity, value });
    try {
      flushed(unfinished, "w", (file) => writeFileSync(file, bytes));
      renameSync(unfinished, path);
    } catch (error) {
      rmSync(unfinished, { force: true });
      throw new CheckpointError(`cannot write ${path} (${codeOf(error)}); earlier checkpoints are intact`);
    }
    flushFolder(this.path);
    const old = numbers.filter((other) => other !== this.#whole).map((other) => this.#pathOf(other));
    [this.#newest, this.#whole] = [number, number];
    attempt(`cannot tidy up ${this.path}`, () => {
      const unfinished = readdirSync(this.path).filter((name) => UNFINISHED.test(name));
      for (const file of [...old, ...unfinished.map((name) => join(this.path, name))]) {
        rmSync(file, { force: true });
      }
    });
    return path;
  }

  /**
   * The newest checkpoint that is whole; undefined where there is none at all.
   * @throws CheckpointError where all are damaged, or the newest whole one belongs to something else.
   */
  load(): LoadedCheckpoint<Saved> | undefined {
    const damaged: string[] = [];
    const numbers = this.#numbers();
    for (const number of numbers) {
      const path = this.#pathOf(number);
      let held: { readonly identity: Readonly<Record<string, unknown>>; readonly value: Saved };
      try {
        held = decodeCheckpoint(readFileSync(path)) as typeof held;
      } catch (error) {
        damaged.push(`${path} is damaged: ${codeOf(error)}`);
        continue;
      }
      this.#requireOwn(path, held.identity);
      [this.#newest, this.#whole] = [numbers[0], number];
      return { value: held.value, path, damaged };
    }
    if (numbers.length === 0) return undefined;
    throw new CheckpointError(`${damaged.join("; ")}; there is no other checkpoint`);
  }

  #requireOwn(path: string, identity: Readonly<Record<string, unknown>>): void {
    for (const key of Object.keys({ ...identity, ...this.#identity })) {
      const [there, here] = [identity[key], this.#identity[key]];
      if (isDeepStrictEqual(there, here)) continue;
      throw new CheckpointError(
        `${path} is of another run: its ${key} is ${JSON.stringify(there)}, here it is ${JSON.stringify(here)}`,
      );
    }
  }

  /** From the newest down. */
  #numbers(): number[] {
    const names = attempt(`cannot read the folder ${this.path}`, () => readdirSync(this.path));
    return names
      .flatMap((name) => NAME.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => b - a);
  }

  #pathOf(number: number): string {
    return join(this.path, `checkpoint-${String(number).padStart(6, "0")}.bin`);
  }
}

function flushed(path: string, flags: "w" | "r", work: (file: number) => void): void {
  const file = openSync(path, flags);
  try {
    work(file);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** So that the new name outlives a power failure, where the system can do it. */
function flushFolder(path: string): void {
  try {
    flushed(path, "r", () => {});
  } catch {
    // Windows opens no folder; there the name is as durable as the file system makes it.
  }
}

function attempt<Result>(what: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new CheckpointError(`${what} (${codeOf(error)})`);
  }
}

const codeOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : String(error));
