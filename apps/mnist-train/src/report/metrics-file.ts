import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { BadInput, type OutputFolder } from "terminal";
import type { Keeping } from "../run/train-run.js";
import { lastMetricsLine, metricsLines } from "./report.js";

/** metrics.jsonl, written line by line while the training goes on. A run that goes on writes its lines again first. */
export class MetricsFile {
  readonly path: string;
  readonly #file: number;

  /** @throws BadInput where it cannot be written. */
  constructor(folder: OutputFolder) {
    this.path = join(folder.path, "metrics.jsonl");
    this.#file = this.#attempt(() => openSync(this.path, "w"));
  }

  readonly add: NonNullable<Keeping["onPoints"]> = (run, curves, step) => {
    const text = step === "all" ? metricsLines(run, curves) : lastMetricsLine(run, curves, step);
    const bytes = Buffer.from(text);
    this.#attempt(() => {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done);
    });
  };

  close(): void {
    closeSync(this.#file);
  }

  #attempt<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw new BadInput(`cannot write ${this.path} (${(error as NodeJS.ErrnoException).code})`);
    }
  }
}
