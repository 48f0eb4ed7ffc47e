import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import type { Point } from "../run/point.js";
import { falling, oddCurves, testRun } from "../run/test-runs.js";
import type { Run } from "../run/train-run.js";
import { curvesSvg } from "./curves-svg.js";

const run = (name: string, trainLoss: Point[], evalLoss: Point[]): Run => ({
  name,
  steps: 4,
  batchSize: 128,
  seconds: 1,
  curves: { trainLoss, evalTrainLoss: evalLoss, testLoss: evalLoss, testAccuracy: [] },
});
const evaluations: Point[] = [
  [0, 2.4],
  [2, 1],
  [4, 0.5],
];
const losses: Point[] = [
  [2, 1.5],
  [4, 0.7],
];

function parse(svg: string) {
  const { document } = parseHTML(svg);
  return {
    texts: [...document.querySelectorAll("text")].map(({ textContent }) => textContent),
    dots: document.querySelectorAll("circle").length,
    lines: document.querySelectorAll('[aria-label="line"] path').length,
  };
}

describe("curves.svg", () => {
  const svg = curvesSvg([run("no-batch-norm", losses, evaluations), run("batch-norm", losses, evaluations)]);

  it("is an SVG file of its own, on a white ground", () => {
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg.trimEnd().endsWith("</svg>")).toBe(true);
    expect(svg).toMatch(/<rect[^>]* fill="white"/);
    expect(svg).not.toMatch(/NaN|undefined|<script|href=/);
  });

  it("closes every element that it opens", () => {
    const open: string[] = [];
    for (const [, slash, name, self] of svg.matchAll(/<(\/?)([a-zA-Z]+)[^>]*?(\/?)>/g)) {
      if (slash) expect(open.pop()).toBe(name);
      else if (!self) open.push(name);
    }
    expect(open).toEqual([]);
  });

  it("names both runs, all three curves and the axes, and draws every point", () => {
    const { texts, dots, lines } = parse(svg);
    for (const text of [
      "without batch norm",
      "with batch norm",
      "training mode",
      "eval mode, same data",
      "eval mode, test data",
      "step →",
      "Loss (logarithmic)",
    ]) {
      expect(texts).toContain(text);
    }
    expect(dots).toBe(2 * (2 + 3 + 3));
    expect(lines).toBe(6);
  });

  it("leaves out what a logarithm cannot show, and stands even when nothing is left", () => {
    const broken: Point[] = [
      [0, 2],
      [1, Number.NaN],
    ];
    expect(parse(curvesSvg([run("no-batch-norm", [], broken), run("batch-norm", [], broken)])).dots).toBe(4);
    const nothing = curvesSvg([run("no-batch-norm", [[1, Number.NaN]], []), run("batch-norm", [[1, 0]], [])]);
    expect(parse(nothing).dots).toBe(0);
    expect(nothing).not.toMatch(/NaN|undefined/);
  });
});

describe.each(Object.entries(oddCurves))("a run with %s", (_, curves) => {
  it.each([
    ["beside another", [testRun("no-batch-norm"), testRun("batch-norm", curves)]],
    ["in both panels", [testRun("no-batch-norm", curves), testRun("batch-norm", curves)]],
  ])("is drawn %s", (_, runs) => {
    const svg = curvesSvg(runs);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(parse(svg).texts).toEqual(expect.arrayContaining(["without batch norm", "with batch norm"]));
  });
});

it("draws a run of a hundred thousand points, and is the same file again", () => {
  const long = [testRun("batch-norm", { trainLoss: falling(2, 0.1, 150_000) })];
  // Not parsed: that takes as long as drawing it.
  expect(curvesSvg(long).match(/<circle /g)).toHaveLength(150_001 + 2 * 11);
  expect(curvesSvg([testRun("batch-norm")])).toBe(curvesSvg([testRun("batch-norm")]));
});
