import { plantableFaults } from "laboratory";
import { describe, expect, it } from "vitest";
import type { Point } from "../run/point.js";
import { testRun } from "../run/test-runs.js";
import { resultTable } from "./table.js";

const linesOf = (...args: Parameters<typeof resultTable>) => resultTable(...args).split("\n");
/** The cells of a line, apart by two spaces or more. */
const cells = (line: string) => line.split(/ {2,}/);

describe("the table", () => {
  const trainLoss: Point[] = [
    [25, 8],
    [50, 4],
    [75, 2],
    [100, 1],
  ];
  const runs = [
    testRun("no-batch-norm", { trainLoss }),
    testRun("batch-norm", { trainLoss, testAccuracy: [[100, 0.9765]] }),
  ];

  it("has a row for each run: the last losses, accuracy, seconds and steps per second", () => {
    const [, header, first, second] = linesOf(runs, 2);
    expect(cells(header)).toEqual(["", "train", "eval mode", "test", "accuracy", "seconds", "steps/s"]);
    expect(cells(first)).toEqual(["without batch norm", "1.500", "0.150", "0.300", "92.0 %", "4.0", "25.0"]);
    expect(cells(second)).toEqual(["with batch norm", "1.500", "0.150", "0.300", "97.7 %", "4.0", "25.0"]);
  });

  it("takes the training loss over the last epoch", () => {
    const trainLossOf = (epochs: number) => cells(linesOf(runs, epochs)[2])[1];
    expect([1, 2, 4].map(trainLossOf)).toEqual(["3.750", "1.500", "1.000"]);
  });

  it.each(plantableFaults)("fits 80 columns for %s, with columns that end below each other", (id) => {
    const slow = { ...testRun(id), seconds: 12_345.6, steps: 9_999_999 };
    const lines = linesOf([runs[0], slow], 5);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(new Set(lines.slice(1).map((line) => line.length)).size).toBe(1);
  });

  it("has a dash where there is no finite number", () => {
    const broken = testRun(
      "batch-norm",
      {
        trainLoss: [[1, Number.NaN]],
        evalTrainLoss: [],
        testLoss: [[1, Number.POSITIVE_INFINITY]],
        testAccuracy: [],
      },
      1,
    );
    expect(cells(linesOf([broken], 5)[2]).slice(1, 5)).toEqual(["–", "–", "–", "–"]);
    const where = { step: 7, where: "the output of layer 0 (Dense)" };
    expect(linesOf([{ ...broken, firstNonFinite: where }], 5)[3]).toBe(
      "with batch norm: broke down at step 7, in the output of layer 0 (Dense).",
    );
    expect(cells(linesOf([{ ...broken, seconds: 0 }], 5)[2]).slice(5)).toEqual(["0.0", "–"]);
  });
});
