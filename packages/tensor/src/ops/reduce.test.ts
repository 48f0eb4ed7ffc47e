import { describe, expect, it } from "vitest";
import { Random } from "../random.js";
import { fromData, type Tensor, tensor, zeros } from "../tensor.js";
import { normal } from "./random.js";
import { argmax, max, mean, sum, variance } from "./reduce.js";

const x = tensor(
  [
    [1, 5, 3],
    [4, -2, 6],
  ],
  "float64",
);

describe("sum, mean, variance, max, argmax", () => {
  it("reduce an axis, all axes, and keep dims when asked", () => {
    expect([...sum(x, 0).data]).toEqual([5, 3, 9]);
    expect([...sum(x, 1).data]).toEqual([9, 8]);
    expect(sum(x).data[0]).toBe(17);
    expect(sum(x, -1).shape).toEqual([2]);
    expect(sum(x, 1, { keepDims: true }).shape).toEqual([2, 1]);
    expect([...mean(x, 0).data]).toEqual([2.5, 1.5, 4.5]);
    expect([...variance(x, 0).data]).toEqual([2.25, 12.25, 2.25]);
    expect([...max(x, 1).data]).toEqual([5, 6]);
    expect([...argmax(x, 0).data]).toEqual([1, 0, 1]);
    expect(argmax(x).data[0]).toBe(5);
  });

  it("reduce a middle axis", () => {
    const cube = fromData(
      Float64Array.from({ length: 24 }, (_, i) => i),
      [2, 3, 4],
    );
    expect(sum(cube, 1).shape).toEqual([2, 4]);
    expect([...sum(cube, 1).data]).toEqual([12, 15, 18, 21, 48, 51, 54, 57]);
    expect([...mean(cube, 1).data]).toEqual([4, 5, 6, 7, 16, 17, 18, 19]);
    expect([...max(cube, 1).data]).toEqual([8, 9, 10, 11, 20, 21, 22, 23]);
  });

  it("reduce all sizes around SIMD tails, along rows and columns", () => {
    for (const size of [1, 2, 3, 4, 5, 17]) {
      const values = Array.from({ length: size }, (_, i) => (i * 7) % 5);
      const total = values.reduce((a, b) => a + b);
      const rows = tensor([values, values], "float64");
      expect([...sum(rows, 1).data]).toEqual([total, total]);
      expect([...sum(rows, 0).data]).toEqual(values.map((value) => 2 * value));
      expect(max(rows).data[0]).toBe(Math.max(...values));
      expect(argmax(rows, 1).data[1]).toBe(values.indexOf(Math.max(...values)));
      expect([...variance(rows, 0).data]).toEqual(values.map(() => 0));
    }
  });

  it("take the first of equals, and NaN above all", () => {
    expect(argmax(tensor([2, 7, 7])).data[0]).toBe(1);
    expect(max(tensor([1, Number.NaN, 3])).data[0]).toBeNaN();
    expect(argmax(tensor([1, Number.NaN, Number.NaN])).data[0]).toBe(1);
    expect(argmax(tensor([Number.NaN, 1])).data[0]).toBe(0);
    expect([...max(tensor([[3, 250]], "uint8"), 1).data]).toEqual([250]);
  });

  it("sum nothing to 0, and refuse what has no value for nothing", () => {
    const empty = zeros([0, 3]);
    expect([...sum(empty, 0).data]).toEqual([0, 0, 0]);
    expect(sum(empty, 1).shape).toEqual([0]);
    expect(() => mean(empty, 0)).toThrow("mean: needs at least one element to reduce, got shape [0, 3]");
    expect(() => max(empty)).toThrow("max: needs at least one element to reduce, got shape [0, 3]");
    expect(() => sum(x as Tensor<readonly number[], "float64">, 2)).toThrow(
      "sum: axis must be an axis of [2, 3], got 2",
    );
  });
});

describe("accuracy", () => {
  it("keeps the variance of float32 data at offset 1e4 and σ 1e-2", () => {
    const data = normal([1000], new Random(1), { mean: 1e4, deviation: 1e-2 });
    const exact = [...data.data].map((value) => value - 1e4);
    const centre = exact.reduce((a, b) => a + b) / 1000;
    const truth = exact.reduce((a, b) => a + (b - centre) ** 2, 0) / 1000;
    expect(Math.abs(variance(data).data[0] / truth - 1)).toBeLessThan(1e-7);
  });

  it("keeps the variance of float64 data at offset 1e8 and σ 0.1, where one pass gives noise", () => {
    const deviations = normal([1000], new Random(2), { deviation: 0.1, dtype: "float64" }).data;
    const shifted = fromData(
      deviations.map((value) => 1e8 + value),
      [1000],
    );
    const exact = shifted.data.map((value) => value - 1e8);
    const centre = exact.reduce((a, b) => a + b) / 1000;
    const truth = exact.reduce((a, b) => a + (b - centre) ** 2, 0) / 1000;
    expect(Math.abs(variance(shifted).data[0] / truth - 1)).toBeLessThan(1e-12);
    expect(Math.abs(mean(shifted).data[0] - 1e8 - centre)).toBeLessThan(2e-8);
  });

  it("takes back the rounding of the mean where numbers are as coarse as the deviation", () => {
    const x = tensor([2 ** 50, 2 ** 50 + 0.25, 2 ** 50 + 0.25], "float64"); // neighbours are 0.25 apart there
    expect(variance(x).data[0]).toBeCloseTo((0.25 ** 2 * 2) / 9, 15);
  });

  it("gives constant data a variance of exactly 0", () => {
    expect(variance(tensor([0.1, 0.1, 0.1])).data[0]).toBe(0);
  });
});
