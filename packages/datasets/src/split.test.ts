import { fromData } from "@handgrad/tensor";
import { describe, expect, it } from "vitest";
import { loadMnist } from "./mnist.js";
import { stratifiedSplit } from "./split.js";

const countsOf = (labels: ArrayLike<number>): number[] =>
  Array.from({ length: 10 }, (_, digit) => Array.from(labels).filter((label) => label === digit).length);

describe("stratifiedSplit", () => {
  const dataset = loadMnist();

  it("has exact sizes and each class's share to within one", () => {
    const { train, test } = stratifiedSplit(dataset, { test: 2000, seed: 1 });
    expect(train.inputs.shape).toEqual([8000, 784]);
    expect(test.inputs.shape).toEqual([2000, 784]);
    expect([train.classes, test.classes]).toEqual([10, 10]);
    const all = countsOf(dataset.labels.data);
    for (const [digit, count] of countsOf(test.labels.data).entries()) {
      expect(Math.abs(count - all[digit] / 5)).toBeLessThan(1);
    }
  });

  it("uses every example once, with its own label, and shuffles both parts", () => {
    const small = {
      inputs: fromData(
        Float32Array.from({ length: 100 }, (_, i) => i),
        [100, 1],
      ),
      labels: fromData(
        Int32Array.from({ length: 100 }, (_, i) => i % 3),
        [100],
      ),
    };
    const { train, test } = stratifiedSplit(small, { test: 31, seed: 5 });
    const rows = [...train.inputs.data, ...test.inputs.data];
    expect([...rows].sort((a, b) => a - b)).toEqual([...small.inputs.data]);
    expect([...train.labels.data, ...test.labels.data]).toEqual(rows.map((row) => row % 3));
    expect(countsOf(train.labels.data.slice(0, 12)).filter((count) => count > 0).length).toBe(3);
  });

  it("repeats itself for a seed and differs between seeds", () => {
    const split = (seed: number) => stratifiedSplit(dataset, { test: 2000, seed }).test.labels.data;
    expect(split(1)).toEqual(split(1));
    expect(split(1)).not.toEqual(split(2));
  });

  it("splits a hundred thousand rows of one class", () => {
    const rows = 200_000;
    const many = {
      inputs: fromData(new Float32Array(rows), [rows, 1]),
      labels: fromData(new Uint8Array(rows), [rows]),
    };
    expect(stratifiedSplit(many, { test: 10, seed: 1 }).train.labels.shape).toEqual([rows - 10]);
  });

  it("wants one label for each row", () => {
    const uneven = {
      inputs: fromData(new Float32Array(10), [10, 1]),
      labels: fromData(new Int32Array(4), [4]),
    };
    expect(() => stratifiedSplit(uneven, { test: 1, seed: 1 })).toThrow(
      "stratifiedSplit: inputs must be [4, N], got [10, 1] (axis 0 is 10, not 4)",
    );
  });

  it("says which sizes make a split", () => {
    for (const test of [0, 10_000, 1.5]) {
      expect(() => stratifiedSplit(dataset, { test, seed: 1 })).toThrow(
        `stratifiedSplit: test must be an integer from 1 to 9999, got ${test}`,
      );
    }
  });
});
