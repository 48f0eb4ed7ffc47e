import { stripVTControlCharacters } from "node:util";
import pc from "picocolors";
import { describe, expect, it } from "vitest";
import { lossCurves } from "../report/curve-names.js";
import { falling, oddCurves, testRun } from "../run/test-runs.js";
import { lossCharts } from "./chart.js";

const plain = pc.createColors(false);
const runs = [testRun("no-batch-norm"), testRun("batch-norm", { testLoss: falling(2.5, 0.2) })];
const widthOf = (text: string) => Math.max(...text.split("\n").map((line) => line.length));
/** What is drawn, without the legend above it. */
const drawingOf = (text: string) => text.split("\n").slice(1).join("\n");

describe.each([40, 60, 80, 120, 300])("in %d columns", (width) => {
  const text = lossCharts(runs, width, plain);

  it("fits", () => {
    expect(widthOf(drawingOf(text))).toBeLessThanOrEqual(width);
  });

  it("names both runs, and draws every curve with its own mark, also without colour", () => {
    expect(text).not.toContain("\x1b");
    expect(text).toContain("without batch norm");
    expect(text).toMatch(/(?<!\S) *with batch norm/);
    for (const { mark, label } of lossCurves) {
      expect(text.split("\n")[0]).toContain(`${mark} ${label}`);
      expect(drawingOf(text).split(mark).length).toBeGreaterThan(5);
    }
  });

  it("has both runs on the same axis", () => {
    const ticks = (name: string) => {
      const lines = drawingOf(lossCharts([testRun("no-batch-norm"), testRun(name)], width, plain)).split(
        "\n",
      );
      return lines.flatMap((line) => line.match(/[\d.]+(?=┤)/g) ?? []);
    };
    const labels = ticks("batch-norm");
    expect(labels.filter((label) => label === "1")).toHaveLength(2);
    expect(labels).toHaveLength(2 * new Set(labels).size);
  });

  it.each(Object.entries(oddCurves))("draws a run with %s", (_, curves) => {
    for (const odd of [
      [runs[0], testRun("batch-norm", curves)],
      [testRun("no-batch-norm", curves), testRun("batch-norm", curves)],
    ]) {
      const text = lossCharts(odd, width, plain);
      expect(text).not.toMatch(/NaN|Infinity|undefined/);
      expect(widthOf(drawingOf(text))).toBeLessThanOrEqual(width);
    }
  });
});

it("stands side by side where there is room, else one below the other", () => {
  const heightOf = (width: number) => lossCharts(runs, width, plain).split("\n").length;
  expect(heightOf(60)).toBeGreaterThan(1.5 * heightOf(80));
});

it("falls from left to right as its curve does", () => {
  const lines = lossCharts([testRun("batch-norm", { evalTrainLoss: [], testLoss: [] })], 60, plain).split(
    "\n",
  );
  const columns = lines
    .slice(2)
    .map((line) => line.indexOf("·"))
    .filter((column) => column >= 0);
  expect(columns.length).toBeGreaterThan(8);
  expect(columns).toEqual([...columns].sort((a, b) => a - b));
});

it("draws a run of one step, and one of a hundred thousand points", () => {
  const single = testRun("batch-norm", { trainLoss: [[1, 2]], evalTrainLoss: [[1, 3]], testLoss: [] }, 1);
  const text = drawingOf(lossCharts([single, single], 80, plain));
  expect(text.split("·")).toHaveLength(3);
  const long = testRun("batch-norm", { trainLoss: falling(2, 0.1, 150_000) });
  expect(widthOf(drawingOf(lossCharts([long], 80, plain)))).toBeLessThanOrEqual(80);
});

it("says so when no loss was finite", () => {
  const broken = testRun("batch-norm", oddCurves["NaN from the first step on"]);
  expect(lossCharts([broken, broken], 80, plain)).toBe("No loss was finite: there is nothing to draw.");
});

it("in colour is the same picture", () => {
  const colored = lossCharts(runs, 80, pc.createColors(true));
  for (const curve of ["\x1b[36m·", "\x1b[32mo", "\x1b[33mx"]) {
    expect(colored.split(curve).length, curve).toBeGreaterThan(10);
  }
  expect(stripVTControlCharacters(colored)).toBe(lossCharts(runs, 80, plain));
});
