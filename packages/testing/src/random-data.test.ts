import { describe, expect, test } from "vitest";
import { normals, uniforms } from "./random-data.js";

describe("golden values", () => {
  // From the same formulas in Python integers, masked to 32 bits: a = b = 0, c = seed, counter = 1, 12 rounds;
  // then (high 27 bits · 2²⁶ + high 26 bits of the next) / 2⁵³, and Box-Muller from Python's math.
  test("uniforms", () => {
    expect([...uniforms(1, 3)]).toEqual([0.3026299993065692, 0.6766943651720783, 0.4325985006957407]);
    expect([...uniforms(2, 3)]).toEqual([0.11468859472889381, 0.5548190525232639, 0.8015095494815101]);
  });

  test("normals, to the last digits that engines may differ in", () => {
    const golden = [-0.37738315506598896, -0.7605657614272385, 1.0426495872858386, -0.21507688516322637];
    normals(1, 4).forEach((number, i) => {
      expect(Math.abs(number - golden[i])).toBeLessThan(1e-14);
    });
  });
});

test.each([0, 1, 2, 3, 4, 5, 17])("%i numbers, the beginning of any longer run", (count) => {
  expect(uniforms(7, count)).toEqual(uniforms(7, 20).slice(0, count));
  expect(normals(7, count)).toEqual(normals(7, 20).slice(0, count));
});

test("the options only shift and stretch", () => {
  expect(uniforms(3, 5, { min: -2, max: 6 })).toEqual(uniforms(3, 5).map((u) => -2 + 8 * u));
  const standard = normals(3, 5);
  normals(3, 5, { mean: 100, deviation: 8 }).forEach((number, i) => {
    expect(number).toBeCloseTo(100 + 8 * standard[i], 10);
  });
});

test("moments of many numbers", () => {
  const count = 100_000;
  const mean = (numbers: Float64Array) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  const u = uniforms(11, count);
  expect(u.every((number) => number >= 0 && number < 1)).toBe(true);
  // Five standard errors.
  expect(Math.abs(mean(u) - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / count));
  const z = normals(11, count);
  expect(Math.abs(mean(z))).toBeLessThan(5 / Math.sqrt(count));
  expect(Math.abs(mean(z.map((number) => number ** 2)) - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
  expect(Math.abs(mean(z.map((number) => number ** 4)) - 3)).toBeLessThan(5 * Math.sqrt(96 / count));
  // Neighbours come from one pair of uniform numbers.
  expect(Math.abs(mean(z.map((number, i) => number * z[i ^ 1])))).toBeLessThan(5 * Math.sqrt(2 / count));
});
