import { fromData, Random } from "@handgrad/tensor";
import { describe, expect, it } from "vitest";
import { batches } from "./batches.js";

const examples = (count: number) => ({
  inputs: fromData(
    Float32Array.from({ length: 2 * count }, (_, i) => i),
    [count, 2],
  ),
  labels: fromData(
    Int32Array.from({ length: count }, (_, i) => i),
    [count],
  ),
});
const labelsOf = (pass: ReturnType<typeof batches>) => [...pass].map(({ labels }) => [...labels.data]);

describe("batches", () => {
  it("cuts the examples in order, the last batch shorter, or left out", () => {
    expect(labelsOf(batches(examples(5), { batchSize: 2 }))).toEqual([[0, 1], [2, 3], [4]]);
    expect(labelsOf(batches(examples(5), { batchSize: 2, dropLast: true }))).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(labelsOf(batches(examples(4), { batchSize: 2, dropLast: true }))).toHaveLength(2);
    expect(labelsOf(batches(examples(3), { batchSize: 100 }))).toEqual([[0, 1, 2]]);
  });

  it("shuffles anew for every pass, keeps rows and labels together, and repeats itself for a seed", () => {
    const pass = () => batches(examples(50), { batchSize: 7, rng: new Random(3) });
    const shuffled = pass();
    const first = labelsOf(shuffled).flat();
    const second = labelsOf(shuffled).flat();
    expect(first).not.toEqual(second);
    expect([...first].sort((a, b) => a - b)).toEqual([...Array(50).keys()]);
    expect(labelsOf(pass()).flat()).toEqual(first);
    for (const { inputs, labels } of shuffled) {
      for (const [i, label] of labels.data.entries()) expect(inputs.data[2 * i]).toBe(2 * label);
    }
  });

  it("leaves out other examples in every pass when it drops the last", () => {
    const pass = batches(examples(5), { batchSize: 2, dropLast: true, rng: new Random(1) });
    const seen = new Set(Array.from({ length: 20 }, () => labelsOf(pass).flat()).flat());
    expect(seen.size).toBe(5);
  });

  it("says what is wrong", () => {
    expect(() => batches(examples(2), { batchSize: 0 })).toThrow(
      "batches: batchSize must be a positive integer, got 0",
    );
    expect(() => batches(examples(0), { batchSize: 1 })).toThrow(
      "batches: inputs must be [N>=1, N], got [0, 2] (axis 0 is 0, less than 1)",
    );
    expect(() => batches({ ...examples(2), labels: examples(3).labels }, { batchSize: 1 })).toThrow(
      "batches: labels must be [2], got [3] (axis 0 is 3, not 2)",
    );
    expect(() => batches(examples(3), { batchSize: 4, dropLast: true })).toThrow(
      "batches: 3 examples make no full batch of 4, and dropLast leaves out others",
    );
  });
});
