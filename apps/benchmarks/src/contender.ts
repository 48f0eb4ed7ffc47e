import type { Kind } from "./work.js";

/** Something that is measured: a framework with one engine, backend or number of threads. */
export interface Contender {
  /** Name of its row, and for `--contenders`. */
  readonly id: string;
  /** What it belongs to: `--contenders pytorch` takes all of them. */
  readonly family: string;
  /** The work that it can do. */
  readonly kinds: readonly Kind[];
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A contender, or a family of them, that does not take part. */
export interface Skipped {
  readonly id: string;
  readonly reason: string;
}
