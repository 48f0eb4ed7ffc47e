import { Presets, SingleBar } from "cli-progress";
import { titleOf } from "../report/curve-names.js";
import type { Progress } from "../run/train-run.js";
import { cut } from "./text.js";

/** What is seen while training: a bar on a terminal, one line an epoch elsewhere. Goes to standard error. */
export interface ProgressView {
  /** `place` says which of how many runs it is, such as "3/32 ". */
  show(progress: Progress, place?: string): void;
  /** Leaves the cursor on a line of its own. */
  stop(): void;
}

/** As wide as "without batch norm" for every run, so that the bars stand below each other. */
const LABEL_WIDTH = 18;
const labelOf = (run: string, place: string): string =>
  cut(place + titleOf({ name: run }), LABEL_WIDTH).padEnd(LABEL_WIDTH);

const rate = (samplesPerSecond: number): string => Math.round(samplesPerSecond).toLocaleString("en-US");

class ProgressBar implements ProgressView {
  #bar: SingleBar | undefined;
  #run = "";

  show({ run, step, totalSteps, epoch, epochs, loss, samplesPerSecond }: Progress, place = ""): void {
    const figures = { epoch, loss: loss.toFixed(3), rate: rate(samplesPerSecond) };
    if (run !== this.#run) {
      this.stop();
      this.#run = run;
      this.#bar = new SingleBar(
        {
          format: `${labelOf(run, place)} {bar} epoch {epoch}/${epochs}  loss {loss}  {rate} samples/s  {eta_formatted} left`,
          barsize: Math.max(6, Math.min(24, (process.stderr.columns ?? 80) - 74)),
          hideCursor: true,
          stream: process.stderr,
          etaBuffer: 50,
        },
        Presets.shades_classic,
      );
      this.#bar.start(totalSteps, step, figures);
    }
    this.#bar?.update(step, figures);
    if (step === totalSteps) this.stop();
  }

  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}

class ProgressLines implements ProgressView {
  #sum = 0;
  #count = 0;
  #run = "";
  #epoch = 0;

  show({ run, step, totalSteps, epoch, epochs, loss, samplesPerSecond }: Progress, place = ""): void {
    if (run !== this.#run || epoch !== this.#epoch) {
      this.#run = run;
      this.#epoch = epoch;
      this.#sum = 0;
      this.#count = 0;
    }
    this.#sum += loss;
    this.#count++;
    if (step % (totalSteps / epochs) === 0) {
      const mean = (this.#sum / this.#count).toFixed(3);
      process.stderr.write(
        `${place}${titleOf({ name: run })}: epoch ${epoch}/${epochs}, mean loss ${mean}, ${rate(samplesPerSecond)} samples/s\n`,
      );
    }
  }

  stop(): void {}
}

class Silence implements ProgressView {
  show(): void {}
  stop(): void {}
}

export function progressView(quiet: boolean): ProgressView {
  if (quiet) return new Silence();
  return process.stderr.isTTY ? new ProgressBar() : new ProgressLines();
}
