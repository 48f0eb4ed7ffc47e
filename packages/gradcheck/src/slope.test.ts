import { describe, expect, test } from "vitest";
import { measureSlope } from "./slope.js";

const tolerance = { atol: 1e-12, rtol: 1e-7 };

function slopeOf(f: (x: number) => number, at: number, scale = Math.max(1, Math.abs(at))) {
  let evaluations = 0;
  const steps: number[] = [];
  const slope = measureSlope(
    scale,
    (h) => {
      steps.push(h);
      evaluations += 2;
      const [above, base, below] = [f(at + h), f(at), f(at - h)];
      return {
        slope: (above - below) / (at + h - (at - h)),
        jump: (above - base) / (at + h - at) - (base - below) / (at - (at - h)),
        rounding: (Number.EPSILON * Math.max(Math.abs(above), Math.abs(below))) / h,
      };
    },
    tolerance,
  );
  return { value: slope?.value ?? Number.NaN, explained: slope?.explained ?? Number.NaN, evaluations, steps };
}

describe("where L is smooth", () => {
  const bend = (width: number) => (x: number) => Math.tanh((x - 1) / width);
  test.each<[string, (x: number) => number, number, number]>([
    ["a constant", () => 3, 2, 0],
    ["a line", (x) => 3 * x - 1, 0.7, 3],
    ["a line at 0", (x) => 3 * x, 0, 3],
    ["a parabola at its bottom", (x) => x * x, 0, 0],
    ["the top of a steep hill", (x) => Math.cos(5 * x), 0, 0],
    ["a fifth power", (x) => x ** 5, 1.3, 5 * 1.3 ** 4],
    ["an exponential", Math.exp, 2, Math.exp(2)],
    ["a root near the end of its domain", Math.sqrt, 1e-3, 0.5 / Math.sqrt(1e-3)],
    ["a logarithm near the end of its domain", Math.log, 1e-5, 1e5],
    ["a pole nearby", (x) => 1 / x, 1e-4, -1e8],
    ["a bend 1e-4 wide", bend(1e-4), 1, 1e4],
    ["a bend 1e-8 wide", bend(1e-8), 1, 1e8],
    ["a rounded corner 1e-6 wide", (x) => Math.hypot(x, 1e-6), 1e-6, Math.SQRT1_2],
    ["a bump 1e-6 wide, flat at the first steps", (x) => Math.exp(-((x / 1e-6) ** 2)), 1e-6, -2e6 / Math.E],
    ["a large offset under the values", (x) => 1e8 + x * x, 3, 6],
  ])("%s", (_, f, at, exact) => {
    const { value, explained } = slopeOf(f, at);
    expect(Math.abs(value - exact)).toBeLessThanOrEqual(
      tolerance.atol + tolerance.rtol * Math.abs(exact) + explained,
    );
    expect(explained).toBeLessThanOrEqual(1e-4 * Math.abs(exact) + 1e-5);
  });

  test("a well-scaled function is measured to ten digits in eight evaluations", () => {
    const { value, explained, evaluations } = slopeOf(Math.sin, 0.8);
    expect(Math.abs(value / Math.cos(0.8) - 1)).toBeLessThan(1e-10);
    expect(explained).toBeLessThan(1e-9);
    expect(evaluations).toBe(8);
  });

  test("the search ends where rounding lets nothing improve", () => {
    expect(slopeOf((x) => 1000 + x * x, 0).evaluations).toBe(8);
  });

  test("`explained` covers the error of functions that are noisy in their last digits", () => {
    for (const noise of [1e-14, 1e-12, 1e-10]) {
      for (let i = 1; i <= 50; i++) {
        const noisy = (x: number) => Math.sin(x) + noise * Math.sin(1e15 * x + i);
        const { value, explained } = slopeOf(noisy, i / 10);
        expect(Math.abs(value - Math.cos(i / 10))).toBeLessThan(explained + 1e-12);
        expect(explained).toBeLessThan(1e6 * noise);
      }
    }
  });

  test("steps are powers of two, fitted to the scale", () => {
    expect(slopeOf(Math.sin, 0.3, 1).steps[0]).toBe(2 ** -6);
    expect(slopeOf((x) => x, 1000, 1000).steps[0]).toBe(8);
    const bendAt = (centre: number) => (x: number) => Math.tanh((x - centre) / 1e-3);
    for (const h of slopeOf(bendAt(700), 700, 1000).steps) expect(Math.log2(h)).toSatisfy(Number.isInteger);
  });
});

describe("where L has no derivative", () => {
  test.each<[string, (x: number) => number, number]>([
    ["ReLU at 0", (x) => Math.max(0, x), 0],
    ["a corner elsewhere", (x) => Math.abs(x - 0.3), 0.3],
    ["a slight corner", (x) => x + 1e-3 * Math.abs(x - 2), 2],
    ["a corner on a curve", (x) => 50 * x * x + 1e-2 * Math.abs(x - 2), 2],
    ["a corner too close to step over", (x) => Math.max(0, x), 1e-18],
    ["a step", (x) => (x < 0.5 ? 0 : 1), 0.5],
    ["a step on a slope", (x) => 2 * x + (x < 0.5 ? 0 : 1), 0.5],
    ["a point that is not part of the function", () => Number.NaN, 1],
  ])("%s", (_, f, at) => {
    expect(slopeOf(f, at).value).toBeNaN();
  });

  test.each([1e-2, 1e-4, 1e-6])("a corner %s away is stepped around", (distance) => {
    const { value } = slopeOf((x) => Math.max(0, x), distance);
    expect(Math.abs(value - 1)).toBeLessThan(1e-7);
  });
});
