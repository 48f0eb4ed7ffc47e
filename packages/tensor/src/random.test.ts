import { describe, expect, it } from "vitest";
import { normal, permutation, uniform } from "./ops/random.js";
import { Random } from "./random.js";

const draw = (count: number, next: () => number): number[] => Array.from({ length: count }, next);

describe("Random", () => {
  it("repeats itself for a seed, and differs between seeds", () => {
    const first = new Random(5);
    const again = new Random(5);
    expect(draw(100, () => first.uniform())).toEqual(draw(100, () => again.uniform()));
    expect(new Random(5).uniform()).not.toBe(new Random(6).uniform());
    expect(new Random(-1).uniform()).not.toBe(new Random(1).uniform());
    expect(new Random(2 ** 40).uniform()).not.toBe(new Random(0).uniform());
  });

  it("keeps the sequence that published results were made with", () => {
    const rng = new Random(1);
    expect([rng.uniform(), rng.normal(), rng.integer(1000)]).toMatchInlineSnapshot(`
      [
        0.21170693118443384,
        -1.2923380527249695,
        431,
      ]
    `);
  });

  it("goes on where it was saved, also in the middle of a pair of normal numbers, and through JSON", () => {
    const rng = new Random(7);
    for (const before of [() => rng.uniform(), () => rng.normal(), () => rng.normal()]) {
      before();
      const saved = JSON.parse(JSON.stringify(rng.save()));
      const next = () => [rng.normal(), rng.uniform(), rng.normal()];
      const expected = next();
      rng.restore(saved);
      expect(next()).toEqual(expected);
      const other = new Random(8);
      other.normal();
      other.restore(saved);
      expect([other.normal(), other.uniform(), other.normal()]).toEqual(expected);
    }
    expect(() => rng.restore({ words: [0, 0, 0, 0] })).toThrow(
      new RangeError("Random.restore: words must be four 32-bit integers, not all 0, got [0, 0, 0, 0]"),
    );
    expect(() => rng.restore({ words: [1, 2.5, 3, 4] })).toThrow("got [1, 2.5, 3, 4]");
  });

  it("is uniform: mean 1/2, variance 1/12, within four standard errors", () => {
    const rng = new Random(3);
    const count = 200_000;
    const values = draw(count, () => rng.uniform());
    const mean = values.reduce((a, b) => a + b) / count;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / count;
    expect(Math.abs(mean - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / count));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / count));
    expect(Math.min(...values.slice(0, 1000))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values.slice(0, 1000))).toBeLessThan(1);
  });

  it("is normal: mean 0, variance 1, no skew, kurtosis 3, within four standard errors", () => {
    const rng = new Random(4);
    const count = 200_000;
    const values = draw(count, () => rng.normal());
    const moment = (k: number) => values.reduce((a, b) => a + b ** k, 0) / count;
    expect(Math.abs(moment(1))).toBeLessThan(4 * Math.sqrt(1 / count));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
    expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / count));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / count));
  });

  it("refuses a seed that is no integer", () => {
    expect(() => new Random(0.5)).toThrow("Random: seed must be an integer, got 0.5");
    expect(() => new Random(Number.NaN)).toThrow("Random: seed must be an integer, got NaN");
  });
});

describe("random tensors", () => {
  it("uniform and normal fill a shape in a dtype", () => {
    const x = uniform([50, 2], new Random(1), { low: -2, high: -1, dtype: "float64" });
    expect(x.dtype).toBe("float64");
    expect(x.data.every((value) => value >= -2 && value < -1)).toBe(true);
    const y = normal([1000], new Random(1), { mean: 10, deviation: 0.1 });
    expect(y.data.every((value) => Math.abs(value - 10) < 0.6)).toBe(true);
  });

  it("refuse a range or a spread that is none", () => {
    const rng = new Random(1);
    expect(() => uniform([1], rng, { low: 2, high: 1 })).toThrow(
      "uniform: high - low must be 0 or a positive number, got -1",
    );
    expect(() => uniform([1], rng, { high: Number.NaN })).toThrow("uniform: high - low must be 0");
    expect(() => uniform([1], rng, { low: Number.NEGATIVE_INFINITY })).toThrow("got Infinity");
    expect(() => normal([1], rng, { deviation: -1 })).toThrow(
      "normal: deviation must be 0 or a positive number, got -1",
    );
    expect(() => normal([1], rng, { deviation: Number.NaN })).toThrow("got NaN");
    expect(uniform([1], rng, { low: 1, high: 1 }).data[0]).toBe(1);
    expect(normal([1], rng, { deviation: 0 }).data[0]).toBe(0);
  });

  it("permutation holds every number once, for sizes 0, 1, 2 and 1000", () => {
    for (const n of [0, 1, 2, 1000]) {
      const order = permutation(n, new Random(n));
      expect([...order.data].sort((a, b) => a - b)).toEqual([...Array(n).keys()]);
    }
    expect(permutation(1000, new Random(1)).data).not.toEqual(permutation(1000, new Random(2)).data);
  });

  it("permutation finds every order of three equally often, within four standard errors", () => {
    const rng = new Random(9);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const key = permutation(3, rng).data.join("");
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values())
      expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(1000 * (5 / 6)));
  });
});
