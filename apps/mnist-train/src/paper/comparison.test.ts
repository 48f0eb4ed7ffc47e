import { expect, it } from "vitest";
import { bestOf, claimsOf, outlineOf, standardError } from "./comparison.js";
import { brokenRun, normalizedRun, plainRun, testFigure } from "./test-figure.js";

it("the figure in numbers", () => {
  expect(outlineOf(plainRun)).toEqual({
    name: "no-batch-norm",
    at: [0.115, 0.8],
    end: 0.91,
    endTrain: 0.95,
    levelAt: 2000,
    median: [-0.5, 1],
    spread: [expect.closeTo(0.2, 12), 2],
  });
  expect(outlineOf(brokenRun)).toEqual({
    name: "batch-norm",
    at: [Number.NaN, Number.NaN],
    end: Number.NaN,
    endTrain: Number.NaN,
    levelAt: Number.NaN,
    median: [Number.NaN, Number.NaN],
    spread: [Number.NaN, Number.NaN],
  });
});

const holds = (...runs: Parameters<typeof outlineOf>[0][]) =>
  claimsOf([outlineOf(runs[0]), outlineOf(runs[1])], 10_000).map((claim) => claim.holds);

it("what the paper says is held against the numbers", () => {
  expect(holds(plainRun, normalizedRun)).toEqual([true, true, true]);
  expect(holds(normalizedRun, plainRun)).toEqual([false, false, false]);
  expect(holds(plainRun, plainRun)).toEqual([false, null, false]);
});

it("what a run cannot tell stays open", () => {
  const short = { ...plainRun, testAccuracy: plainRun.testAccuracy.slice(0, 2) };
  expect(holds(short, short)).toEqual([null, null, false]);
  expect(holds(short, normalizedRun)).toEqual([true, true, true]);
  expect(holds(plainRun, brokenRun)).toEqual([false, null, null]);
});

it("a median that stays and a spread that grows is no stable distribution", () => {
  const [low, median] = normalizedRun.percentiles;
  const spreading = {
    ...normalizedRun,
    percentiles: [
      low,
      median,
      [
        [1, -0.99],
        [2000, 1.5],
      ] as const,
    ],
  };
  expect(holds(plainRun, spreading as typeof plainRun)[2]).toBe(false);
});

it("the best of the grid; none where every run broke down", () => {
  expect(bestOf(testFigure.grid, 0)).toMatchObject({ weightScale: 0.3, learningRate: 1 });
  expect(bestOf(testFigure.grid, 1)).toMatchObject({ weightScale: 0.03, learningRate: 3 });
  const broken = testFigure.grid.map((cell) => ({ ...cell, accuracies: [null, null] as const }));
  expect(bestOf(broken, 0)).toBeUndefined();
});

it("what reads 90.0 % is 90 %", () => {
  const levelAt = (accuracy: number) => outlineOf({ ...plainRun, testAccuracy: [[7, accuracy]] }).levelAt;
  expect([0.8994, 0.8996, 0.9].map(levelAt)).toEqual([Number.NaN, 7, 7]);
});

it("the standard error of an accuracy", () => {
  expect(standardError(0.9, 100)).toBeCloseTo(0.03, 12);
  expect(standardError(1, 100)).toBe(0);
});

it("a higher accuracy is one beyond two standard errors", () => {
  // At 91 % on 10,000 digits two of them are 0.57 %.
  const ending = (end: number) => ({ ...plainRun, testAccuracy: [[2000, end]] as [number, number][] });
  expect(holds(plainRun, ending(0.915))[1]).toBeNull();
  expect(holds(plainRun, ending(0.916))[1]).toBe(true);
  expect(holds(plainRun, ending(0.904))[1]).toBe(false);
});
