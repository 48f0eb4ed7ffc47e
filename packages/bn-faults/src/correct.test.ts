import { describe, expect, it } from "vitest";
import { createCorrectBatchNorm } from "./correct.js";
import type { BatchNormOptions } from "./plain-batch-norm.js";

const declared: BatchNormOptions = {
  features: 1,
  decay: 0.9,
  epsilon: 3,
  varianceCorrection: "biased",
  precision: "float64",
};

/** Numbers without a pattern, the same in every run. */
function scattered(length: number, seed: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => 2 * Math.sin(12.9898 * (i + 1) + 78.233 * seed));
}

describe("golden values, by hand: x = [1, 3], ε = 3, so μ = 2, σ² = 1, r = 1/2, x̂ = [-1/2, 1/2]", () => {
  it("in training", () => {
    const layer = createCorrectBatchNorm(declared);
    layer.gamma[0] = 2;
    layer.beta[0] = 1;
    expect([...layer.forward([1, 3], 2, "train")]).toEqual([0, 2]);
    // mean(dy) = 3/2, mean(dy·x̂) = 1/4
    expect([...layer.backward([1, 2], 2)]).toEqual([-0.375, 0.375]);
    expect([layer.gammaGradient[0], layer.betaGradient[0]]).toEqual([0.5, 3]);
    expect(layer.popMean[0]).toBeCloseTo(0.2, 15);
    expect(layer.popVar[0]).toBeCloseTo(1, 15);
    expect(layer.batches).toBe(1);
  });

  it("in eval, with popMean 5 and popVar 1", () => {
    const layer = createCorrectBatchNorm(declared);
    layer.gamma[0] = 2;
    layer.beta[0] = 1;
    layer.popMean[0] = 5;
    expect([...layer.forward([1, 3], 2, "eval")]).toEqual([-3, -1]);
    expect([...layer.backward([1, 2], 2)]).toEqual([1, 2]);
    expect([layer.gammaGradient[0], layer.betaGradient[0]]).toEqual([-4, 3]);
    expect([layer.popMean[0], layer.popVar[0], layer.batches]).toEqual([5, 1, 0]);
  });

  it("with the unbiased running variance: N/(N − 1) = 2", () => {
    const layer = createCorrectBatchNorm({ ...declared, varianceCorrection: "unbiased" });
    expect([...layer.forward([1, 3], 2, "train")]).toEqual([-0.5, 0.5]);
    expect(layer.popVar[0]).toBeCloseTo(0.9 + 0.1 * 2, 15);
  });

  it("with a cumulative average, which forgets its start at the first batch", () => {
    const layer = createCorrectBatchNorm({ ...declared, decay: "cumulative" });
    layer.forward([1, 3], 2, "train");
    layer.forward([4, 8], 2, "train");
    expect([layer.popMean[0], layer.popVar[0]]).toEqual([(2 + 6) / 2, (1 + 4) / 2]);
  });
});

describe.each(["train", "eval"] as const)("in %s, against central differences", (mode) => {
  it.each([2, 3, 4, 5, 17])("with %i rows", (rows) => {
    const features = 3;
    const layer = createCorrectBatchNorm({ ...declared, features, epsilon: 1e-3 });
    layer.gamma.set([1.5, -0.5, 2]);
    layer.beta.set([0.3, -1, 0.7]);
    layer.popMean.set([0.4, -0.2, 1]);
    layer.popVar.set([0.5, 2, 1.5]);
    const x = scattered(rows * features, 1);
    const dy = scattered(rows * features, 2);
    const popMean = layer.popMean.slice();
    const popVar = layer.popVar.slice();
    const loss = (): number => {
      layer.popMean.set(popMean);
      layer.popVar.set(popVar);
      const y = layer.forward(x, rows, mode);
      return dy.reduce((sum, dy, i) => sum + y[i] * dy, 0);
    };
    loss();
    const dx = layer.backward(dy, rows);

    const slope = (values: Float32Array | Float64Array, i: number): number => {
      const h = 1e-5;
      const kept = values[i];
      values[i] = kept + h;
      const above = loss();
      values[i] = kept - h;
      const below = loss();
      values[i] = kept;
      return (above - below) / (2 * h);
    };
    // h² · third derivative, at r up to a few units
    for (let i = 0; i < x.length; i++) expect(dx[i]).toBeCloseTo(slope(x, i), 6);
    for (let c = 0; c < features; c++) {
      expect(layer.gammaGradient[c]).toBeCloseTo(slope(layer.gamma, c), 6);
      expect(layer.betaGradient[c]).toBeCloseTo(slope(layer.beta, c), 6);
    }
  });
});

it("stores in the precision it was given", () => {
  const layer = createCorrectBatchNorm({ ...declared, precision: "float32" });
  expect(layer.popMean).toBeInstanceOf(Float32Array);
  expect(layer.forward([1, 3], 2, "train")).toBeInstanceOf(Float32Array);
  expect(layer.backward([1, 2], 2)).toBeInstanceOf(Float32Array);
});

it("adds to the affine gradients", () => {
  const layer = createCorrectBatchNorm(declared);
  layer.forward([1, 3], 2, "train");
  layer.backward([1, 2], 2);
  layer.backward([1, 2], 2);
  expect([layer.gammaGradient[0], layer.betaGradient[0]]).toEqual([1, 6]);
});

it("refuses what it cannot compute", () => {
  const layer = createCorrectBatchNorm(declared);
  expect(() => layer.backward([1], 1)).toThrow(new Error("backward: a forward pass must come first"));
  expect(() => layer.forward([1, 2, 3], 2, "eval")).toThrow(
    new RangeError("forward: x must hold 2 × 1 numbers, got 3"),
  );
  expect(() => layer.forward([1], 1, "train")).toThrow(
    new RangeError("forward: training needs at least 2 rows, got 1"),
  );
  layer.forward([1, 3], 2, "train");
  expect(() => layer.backward([1, 2, 3], 3)).toThrow(
    new RangeError("backward: dy must hold the 2 numbers of the last forward pass, got 3"),
  );
});
