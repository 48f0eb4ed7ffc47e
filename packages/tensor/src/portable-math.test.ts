import { readFixture } from "testing";
import { describe, expect, it } from "vitest";
import { gaussian, MIDDLE, normalCdf, TAIL } from "./normal-cdf.js";
import { exp, log, log1p, sigmoid, tanh } from "./portable-math.js";
import { Random } from "./random.js";
import { ulps } from "./test-ulps.js";

interface Values {
  readonly x: readonly number[];
  /** Correctly rounded. */
  readonly y: readonly number[];
}
type Fixture = Readonly<Record<"exp" | "log" | "log1p" | "tanh" | "sigmoid" | "normalCdf", Values>> & {
  readonly coefficients: { readonly middle: readonly number[]; readonly tail: readonly number[] };
};

const fixture = readFixture<Fixture>(import.meta.url, "portable-math.json");

describe("against 60 digits, in units in the last place", () => {
  // What the doc comments claim, and half a unit for the rounding of the golden value.
  const claims = [
    ["exp", exp, 2],
    ["log", log, 2],
    ["log1p", log1p, 3],
    ["tanh", tanh, 3],
    ["sigmoid", sigmoid, 2],
    ["normalCdf", normalCdf, 4],
  ] as const;
  it.each(claims)("%s", (name, compute, claim) => {
    const { x, y } = fixture[name];
    expect(x.length).toBeGreaterThan(50);
    expect(Math.max(...x.map((value, i) => ulps(compute(value), y[i])))).toBeLessThan(claim + 0.5);
  });

  it("the normal distribution's polynomials are those of the script", () => {
    expect({ middle: MIDDLE, tail: TAIL }).toEqual(fixture.coefficients);
  });
});

describe("at their ends", () => {
  const infinity = Number.POSITIVE_INFINITY;
  it.each([
    ["log1p", log1p, [0, infinity, 1e300], [0, infinity, log(1e300)]],
    ["tanh", tanh, [0, -0, 1e-300, 30, -30, infinity, -infinity], [0, -0, 1e-300, 1, -1, 1, -1]],
    ["sigmoid", sigmoid, [0, -0, 1e30, -1e30, infinity, -infinity], [0.5, 0.5, 1, 0, 1, 0]],
    ["normalCdf", normalCdf, [0, 1e30, -1e30, infinity, -infinity], [0.5, 1, 0, 1, 0]],
    ["gaussian", gaussian, [0, 1e30, -1e30, infinity], [1, 0, 0, 0]],
  ])("%s", (_, compute, x, y) => {
    expect(x.map(compute)).toEqual(y);
    expect(compute(Number.NaN)).toBeNaN();
  });

  it("what is odd or symmetric is so to the bit", () => {
    for (const x of [1e-9, 0.3, 0.999, 1, 1.7, 12]) {
      expect(tanh(-x)).toBe(-tanh(x));
      expect(gaussian(-x)).toBe(gaussian(x));
    }
  });
});

// Math.exp and Math.log are themselves within one unit, hence 3 where the claim is 2.
describe("exp", () => {
  it("is within 2 units of the last place over its whole range", () => {
    const rng = new Random(1);
    let worst = 0;
    for (let i = 0; i < 100_000; i++) {
      const x = (i % 2 ? 700 : 1) * (2 * rng.uniform() - 1);
      worst = Math.max(worst, ulps(exp(x), Math.exp(x)));
    }
    expect(worst).toBeLessThan(3);
  });

  it("knows its ends", () => {
    expect(exp(0)).toBe(1);
    expect(exp(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(exp(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(exp(710)).toBe(Number.POSITIVE_INFINITY);
    expect(exp(-746)).toBe(0);
    expect(exp(-745)).toBeGreaterThan(0);
    expect(ulps(exp(709.7), Math.exp(709.7))).toBeLessThan(3);
    expect(exp(Number.NaN)).toBeNaN();
  });
});

describe("log", () => {
  it("is within 2 units of the last place over its whole range", () => {
    const rng = new Random(2);
    let worst = 0;
    for (let i = 0; i < 100_000; i++) {
      const x = i % 2 ? 2 ** (2000 * rng.uniform() - 1000) : 0.5 + rng.uniform();
      worst = Math.max(worst, ulps(log(x), Math.log(x)));
    }
    expect(worst).toBeLessThan(3);
  });

  it("knows its ends", () => {
    expect(log(1)).toBe(0);
    expect(log(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(log(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(ulps(log(Number.MIN_VALUE), Math.log(Number.MIN_VALUE))).toBeLessThan(3);
    expect(log(-1)).toBeNaN();
    expect(log(Number.NaN)).toBeNaN();
  });
});
