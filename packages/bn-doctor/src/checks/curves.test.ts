import { expect, it } from "vitest";
import type { Curve } from "../evidence.js";
import { meanOverSteps, pointsAfter, valueAt } from "./curves.js";

const curve: Curve = [
  [10, 4],
  [40, 2],
  [50, 1],
];

it("meanOverSteps weighs each point by the steps it stands for", () => {
  expect(meanOverSteps(curve, 0)).toBe((10 * 4 + 30 * 2 + 10 * 1) / 50);
  expect(meanOverSteps(curve, 10)).toBe((30 * 2 + 10 * 1) / 40);
  expect(meanOverSteps(curve, 60)).toBe(1);
});

it("valueAt takes the next point, or the last", () => {
  expect([1, 10, 11, 50, 60].map((step) => valueAt(curve, step))).toEqual([4, 4, 2, 1, 1]);
});

it("pointsAfter has at least the last point", () => {
  expect(pointsAfter(curve, 10)).toEqual(curve.slice(1));
  expect(pointsAfter(curve, 50)).toEqual(curve.slice(2));
});
