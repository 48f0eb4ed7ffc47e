import { Presets, SingleBar } from "cli-progress";
import type { PaperProgress } from "./paper-figure.js";

/** What is seen while the figure is made: one bar on a terminal, a line for each tenth elsewhere. Goes to standard error. */
export interface PaperProgressView {
  show(progress: PaperProgress): void;
  /** Leaves the cursor on a line of its own. */
  stop(): void;
}

class Bar implements PaperProgressView {
  #bar: SingleBar | undefined;

  show({ run, step, steps, done, total }: PaperProgress): void {
    const figures = { run: run.padEnd(18), step, steps };
    if (!this.#bar) {
      this.#bar = new SingleBar(
        {
          format: "{run} {bar} step {step}/{steps}  {eta_formatted} left",
          barsize: Math.max(6, Math.min(24, (process.stderr.columns ?? 80) - 56)),
          hideCursor: true,
          stream: process.stderr,
          etaBuffer: 500,
        },
        Presets.shades_classic,
      );
      this.#bar.start(total, done, figures);
    }
    this.#bar.update(done, figures);
    if (done === total) this.stop();
  }

  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}

class Lines implements PaperProgressView {
  #tenths = 0;

  show({ run, step, steps, done, total }: PaperProgress): void {
    const tenths = Math.floor((10 * done) / total);
    if (tenths === this.#tenths) return;
    this.#tenths = tenths;
    process.stderr.write(`${10 * tenths} % done: ${run}, step ${step}/${steps}\n`);
  }

  stop(): void {}
}

class Silence implements PaperProgressView {
  show(): void {}
  stop(): void {}
}

export function paperProgressView(quiet: boolean): PaperProgressView {
  if (quiet) return new Silence();
  return process.stderr.isTTY ? new Bar() : new Lines();
}
