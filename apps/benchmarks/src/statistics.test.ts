import { expect, it } from "vitest";
import { median, quantile, ratioOf } from "./statistics.js";

it.each([
  [[3], 3],
  [[1, 2], 1.5],
  [[9, 1, 5], 5],
  // By size, not by their digits.
  [[10, 9, 100, 8], 9.5],
])("the median of %j is %d", (values, expected) => {
  expect(median(values)).toBe(expected);
});

it("has no median of nothing", () => {
  expect(median([])).toBeNaN();
});

it("lies between two values where a quantile does", () => {
  expect(quantile([0, 10, 20, 30, 40], 0.25)).toBe(10);
  expect(quantile([0, 10, 20, 30], 0.25)).toBe(7.5);
});

it("leaves its argument as it is", () => {
  const values = [3, 1, 2];
  median(values);
  expect(values).toEqual([3, 1, 2]);
});

it("takes ratios round by round: a slow round slows both", () => {
  // Medians alone would say 4/2.
  expect(ratioOf([3, 30, 4], [1, 10, 2])).toEqual({ median: 3, lowerQuartile: 2.5, upperQuartile: 3 });
});

it("compares the rounds that both have", () => {
  expect(ratioOf([8], [2, 1, 1]).median).toBe(4);
  expect(ratioOf([8, 1], [2]).median).toBe(4);
});
