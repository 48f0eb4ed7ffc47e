import {
  closeSync,
  fsyncSync,
  mkdirSync,
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

/** The newest, and the one before it. */
const KEPT = 2;
const NAME = /^checkpoint-(\d{6,})\.bin$/;
const UNFINISHED = /^checkpoint-\d{6,}\.bin\.tmp$/;

/**
 * The checkpoints of one run: `checkpoint-000001.bin` and so on, the last two of which are kept. A file is written under
 * another name, flushed to the disk and renamed, so that a checkpoint is there whole or not at all, whatever ends the
 * process; a checksum tells a damaged one. One process at a time may write to the folder.
 */
export class CheckpointFolder<Saved> {
  readonly path: string;
  readonly #identity: Readonly<Record<string, unknown>>;

  /** Makes the folder. @throws CheckpointError where that fails. */
  constructor(path: string, { identity = {} }: CheckpointFolderOptions = {}) {
    this.path = path;
    this.#identity = identity;
    attempt(`cannot make the folder ${path}`, () => mkdirSync(path, { recursive: true }));
  }

  /** Whether there is no checkpoint, damaged ones included. */
  get isEmpty(): boolean {
    return this.#numbers().length === 0;
  }

  /**
   * Writes a checkpoint of plain objects, arrays, strings, numbers, booleans, null and tensors, and returns its path.
   * @throws CheckpointError where it cannot be written, such as on a full disk: the ones before it are as they were.
   */
  save(value: Saved): string {
    const numbers = this.#numbers();
    const path = this.#pathOf((numbers[0] ?? 0) + 1);
    const unfinished = `${path}.tmp`;
    const bytes = encodeCheckpoint({ identity: this.#identity, value });
    try {
      flushed(unfinished, "w", (file) => writeFileSync(file, bytes));
      renameSync(unfinished, path);
    } catch (error) {
      rmSync(unfinished, { force: true });
      throw new CheckpointError(`cannot write ${path} (${codeOf(error)}); earlier checkpoints are intact`);
    }
    flushFolder(this.path);
    for (const number of numbers.slice(KEPT - 1)) rmSync(this.#pathOf(number), { force: true });
    for (const name of readdirSync(this.path)) {
      if (UNFINISHED.test(name)) rmSync(join(this.path, name), { force: true });
    }
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
