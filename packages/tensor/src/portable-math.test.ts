import { describe, expect, it } from "vitest";
import { exp, log } from "./portable-math.js";
import { Random } from "./random.js";

/** Distance in units in the last place of `b`. */
function ulps(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  const exponent = Math.max(-1022, Math.floor(Math.log2(Math.abs(b))));
  return Math.abs(a - b) / 2 ** (exponent - 52);
}

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
