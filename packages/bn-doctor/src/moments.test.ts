import { describe, expect, it } from "vitest";
import { batchMoments, DataMoments } from "./moments.js";

describe("batchMoments", () => {
  it("measures each column: [1, 3] and [-4, 0]", () => {
    const { mean, variance, meanAbsolute, meanSquare } = batchMoments([1, -4, 3, 0], 2, 2);
    expect([...mean]).toEqual([2, -2]);
    expect([...variance]).toEqual([1, 4]);
    expect([...meanAbsolute]).toEqual([2, 2]);
    expect([...meanSquare]).toEqual([5, 8]);
  });

  it("keeps the digits of a variance far from zero", () => {
    // 1e8 and 1e8 + 0.5 are float64 numbers; mean(x²) − mean² would have lost everything.
    expect(batchMoments([1e8, 1e8 + 0.5], 2, 1).variance[0]).toBe(0.0625);
  });
});

describe("DataMoments", () => {
  it("is the moments of all batches together, whatever their sizes", () => {
    const x = Float64Array.from({ length: 34 }, (_, i) => 1e6 + 10 * Math.sin(7 * i));
    const data = new DataMoments(2);
    data.observe(x.subarray(0, 2), 1);
    data.observe(x.subarray(2, 12), 5);
    data.observe(x.subarray(12), 11);
    const whole = batchMoments(x, 17, 2);
    for (let c = 0; c < 2; c++) {
      expect(data.mean[c]).toBeCloseTo(whole.mean[c], 8);
      expect(data.variance[c]).toBeCloseTo(whole.variance[c], 8);
    }
  });

  it("refuses another length", () => {
    expect(() => new DataMoments(2).observe([1, 2, 3], 2)).toThrow(
      new Error("DataMoments.observe: x must hold 2 × 2 numbers, got 3"),
    );
  });
});
