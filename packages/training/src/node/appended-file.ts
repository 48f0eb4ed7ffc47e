import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, writeSync } from "node:fs";

/** A file that a training appends to. Going on from a checkpoint cuts it back to what it held then. */
export class AppendedFile {
  readonly #path: string;
  #file: number | undefined;
  /** Bytes that are known to belong to the training. */
  #length = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Whether nothing was written yet. */
  get isEmpty(): boolean {
    return this.#length === 0;
  }

  append(content: string | Uint8Array): void {
    this.#file ??= this.#open();
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done);
    this.#length += bytes.length;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  /** What a checkpoint saves; on the disk for sure by then. */
  save(): number {
    if (this.#file !== undefined) fsyncSync(this.#file);
    return this.#length;
  }

  restore(length: number): void {
    this.close();
    this.#length = length;
  }

  /** @throws Error where the file has lost some of what a checkpoint knows of. */
  #open(): number {
    if (this.#length === 0) return openSync(this.#path, "w");
    const file = openSync(this.#path, "a");
    const { size } = fstatSync(file);
    if (size < this.#length) {
      closeSync(file);
      throw new Error(`${this.#path} has ${size} bytes, but had ${this.#length} at the checkpoint`);
    }
    ftruncateSync(file, this.#length);
    return file;
  }
}
