import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Progress } from "../run/train-run.js";
import { progressView } from "./progress.js";

const { isTTY, columns } = process.stderr;
let written: string;
beforeEach(() => {
  written = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    written += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  Object.assign(process.stderr, { isTTY, columns });
});

/** Steps of one run, the loss of each being its number. */
function* steps(run: string, epochs: number, stepsPerEpoch: number): Iterable<Progress> {
  const totalSteps = epochs * stepsPerEpoch;
  for (let step = 1; step <= totalSteps; step++) {
    const epoch = Math.ceil(step / stepsPerEpoch);
    yield { run, step, totalSteps, epoch, epochs, loss: step, samplesPerSecond: 12_345.6 };
  }
}

/** What the terminal shows line by line, without the codes that move its cursor. */
const shown = () =>
  stripVTControlCharacters(written.replaceAll("\x1b", "\n\x1b"))
    .split(/[\r\n]/)
    .filter((line) => line.trim() !== "");

describe("on a terminal", () => {
  beforeEach(() => {
    process.stderr.isTTY = true;
    process.stderr.columns = 80;
  });

  it("there is a bar for each run, full at the end, with epoch, loss, speed and time left", () => {
    const view = progressView(false);
    for (const run of ["no-batch-norm", "gradient-ignores-statistics"]) {
      for (const progress of steps(run, 1000, 3)) view.show(progress);
    }
    // The last run's bar ends with its last step: judging takes a while.
    expect(written.endsWith("\n")).toBe(true);
    view.stop();
    const full = shown().filter((line) => line.includes("epoch 1000/1000"));
    for (const [i, label] of ["without batch norm", "gradient-ignores-…"].entries()) {
      expect(full[i]).toMatch(
        new RegExp(`^${label} █+ epoch 1000/1000 {2}loss 3000.000 {2}12,346 samples/s {2}0s left$`),
      );
    }
  });

  it("the bar fits 80 columns, and the cursor comes back when the run is broken off", () => {
    const view = progressView(false);
    for (const progress of steps("no-batch-norm", 10, 63)) {
      view.show({ ...progress, loss: 12.3456, samplesPerSecond: 123_456 });
      if (progress.step === 600) break;
    }
    view.stop();
    expect(shown().filter((line) => line.length > 80)).toEqual([]);
    expect(shown().at(-1)).toContain("loss 12.346  123,456 samples/s");
    const [hidden, visible] = ["\x1b[?25l", "\x1b[?25h"].map((code) => written.lastIndexOf(code));
    expect(hidden).toBeGreaterThanOrEqual(0);
    expect(visible).toBeGreaterThan(hidden);
  });
});

describe("where nobody watches", () => {
  beforeEach(() => {
    process.stderr.isTTY = false;
  });

  it("there is one line an epoch, with the mean of its losses", () => {
    const view = progressView(false);
    for (const progress of steps("no-batch-norm", 2, 3)) view.show(progress);
    view.stop();
    expect(written).toBe(
      "without batch norm: epoch 1/2, mean loss 2.000, 12,346 samples/s\n" +
        "without batch norm: epoch 2/2, mean loss 5.000, 12,346 samples/s\n",
    );
  });

  it("a run of one epoch has its own mean, whatever the run before lost", () => {
    const view = progressView(false);
    for (const progress of steps("no-batch-norm", 1, 9)) view.show(progress);
    for (const progress of steps("decay-inverted", 1, 3)) view.show(progress);
    expect(written).toBe(
      "without batch norm: epoch 1/1, mean loss 5.000, 12,346 samples/s\n" +
        "decay-inverted: epoch 1/1, mean loss 2.000, 12,346 samples/s\n",
    );
  });

  it("there is nothing at all when it is to be quiet", () => {
    const view = progressView(true);
    for (const progress of steps("batch-norm", 2, 3)) view.show(progress);
    view.stop();
    expect(written).toBe("");
  });
});
