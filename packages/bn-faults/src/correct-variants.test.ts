import { describe, expect, it } from "vitest";
import { correctVariants } from "./correct-variants.js";
import type { BatchNormOptions, PlainBatchNorm } from "./plain-batch-norm.js";
import { expectTrueGradients, scattered, setThreeFeatures } from "./test-gradients.js";

const declared: BatchNormOptions = {
  features: 1,
  decay: 0.9,
  epsilon: 3,
  varianceCorrection: "biased",
  precision: "float64",
};
const corrections = ["biased", "unbiased"] as const;
const precisions = ["float32", "float64"] as const;

/** Rounding of some dozens of operations and of sums of up to 100 terms: a fifth of the tolerance is used at most. */
function expectClose(
  actual: number,
  expected: number,
  precision: BatchNormOptions["precision"],
  what?: string,
): void {
  const unit = precision === "float32" ? 2 ** -24 : 2 ** -53;
  expect(Math.abs(actual - expected), what).toBeLessThan(100 * unit * (1 + Math.abs(expected)));
}

describe.each(Object.entries(correctVariants))("%s", (_, create) => {
  // Every number here is a short binary fraction, so rounding and the order of a sum change nothing.
  describe.each(precisions)(
    "in %s, x = [1, 3], ε = 3: μ = 2, σ² = 1, r = 1/2, x̂ = [-1/2, 1/2]",
    (precision) => {
      const made = (options: Partial<BatchNormOptions> = {}): PlainBatchNorm => {
        const layer = create({ ...declared, precision, ...options });
        layer.gamma[0] = 2;
        layer.beta[0] = 1;
        return layer;
      };

      it("in training", () => {
        const layer = made();
        expect([...layer.forward([1, 3], 2, "train")]).toEqual([0, 2]);
        // mean(dy) = 3/2, mean(dy·x̂) = 1/4
        expect([...layer.backward([1, 2], 2)]).toEqual([-0.375, 0.375]);
        expect([layer.gammaGradient[0], layer.betaGradient[0]]).toEqual([0.5, 3]);
        expect(layer.popMean[0]).toBeCloseTo(0.2, 6);
        expect(layer.popVar[0]).toBeCloseTo(1, 6);
        expect(layer.batches).toBe(1);
      });

      it("in eval, with popMean 5 and popVar 1, of one row, two, or none", () => {
        const layer = made();
        layer.popMean[0] = 5;
        expect([...layer.forward([1, 3], 2, "eval")]).toEqual([-3, -1]);
        expect([...layer.backward([1, 2], 2)]).toEqual([1, 2]);
        expect([layer.gammaGradient[0], layer.betaGradient[0]]).toEqual([-4, 3]);
        expect([...layer.forward([3], 1, "eval")]).toEqual([-1]);
        expect([...layer.backward([2], 1)]).toEqual([2]);
        expect(layer.forward([], 0, "eval")).toHaveLength(0);
        expect(layer.backward([], 0)).toHaveLength(0);
        expect([layer.popMean[0], layer.popVar[0], layer.batches]).toEqual([5, 1, 0]);
      });

      it("with a running variance over N − 1: the batch's is 2, and y is as before", () => {
        const layer = made({ varianceCorrection: "unbiased", decay: 0.5 });
        expect([...layer.forward([1, 3], 2, "train")]).toEqual([0, 2]);
        expect(layer.popVar[0]).toBe(1.5);
      });

      it("with a cumulative average, which forgets its start at the first batch", () => {
        const layer = made({ decay: "cumulative" });
        layer.forward([1, 3], 2, "train");
        layer.forward([4, 8], 2, "train");
        expect([layer.popMean[0], layer.popVar[0]]).toEqual([(2 + 6) / 2, (1 + 4) / 2]);
      });

      it("returns and keeps numbers of that precision, and adds to the affine gradients", () => {
        const layer = made();
        const kind = precision === "float32" ? Float32Array : Float64Array;
        expect(layer.forward([1, 3], 2, "train")).toBeInstanceOf(kind);
        expect(layer.backward([1, 2], 2)).toBeInstanceOf(kind);
        layer.backward([1, 2], 2);
        expect(layer.popVar).toBeInstanceOf(kind);
        expect([layer.gammaGradient[0], layer.betaGradient[0]]).toEqual([1, 6]);
      });
    },
  );

  it.each([2, 3, 4, 5, 17].flatMap((rows) => [["train", rows] as const, ["eval", rows] as const]))(
    "has the true gradients in %s with %i rows, against central differences",
    (mode, rows) => {
      expectTrueGradients(create({ ...declared, features: 3, epsilon: 1e-3 }), rows, mode);
    },
  );

  it.each(precisions)("agrees with the formulas, computed here once more, in %s", (precision) => {
    const rows = 6;
    for (const decay of [0, 0.75, 0.9, "cumulative"] as const) {
      for (const varianceCorrection of corrections) {
        const layer = create({
          ...declared,
          features: 3,
          epsilon: 0.05,
          decay,
          varianceCorrection,
          precision,
        });
        setThreeFeatures(layer);
        const { gamma, beta } = layer;
        let pair = [0, 1, 2].map((c) => [layer.popMean[c], layer.popVar[c]]);
        for (let batch = 1; batch <= 4; batch++) {
          const x = scattered(rows * 3, batch);
          const y = layer.forward(x, rows, "train");
          pair = pair.map(([popMean, popVar], c) => {
            const column = x.filter((_, i) => i % 3 === c);
            const mean = column.reduce((sum, value) => sum + value) / rows;
            const squares = column.reduce((sum, value) => sum + (value - mean) ** 2, 0);
            for (const [n, value] of column.entries()) {
              const expected = (gamma[c] * (value - mean)) / Math.sqrt(squares / rows + 0.05) + beta[c];
              expectClose(y[n * 3 + c], expected, precision);
            }
            const kept = decay === "cumulative" ? (batch - 1) / batch : decay;
            const variance = squares / (varianceCorrection === "biased" ? rows : rows - 1);
            return [kept * popMean + (1 - kept) * mean, kept * popVar + (1 - kept) * variance];
          });
        }
        for (const [c, [popMean, popVar]] of pair.entries()) {
          expectClose(layer.popMean[c], popMean, precision);
          expectClose(layer.popVar[c], popVar, precision);
        }
      }
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e30])(
    "keeps %d out of the running pair, not out of y",
    (bad) => {
      const layer = create({ ...declared, features: 2, precision: "float32" });
      layer.forward([1, 2, 3, 5], 2, "train");
      const before = layer.save();
      const y = layer.forward([1, 2, bad, 5], 2, "train");
      expect(layer.save()).toEqual(before);
      expect(y.some(Number.isNaN)).toBe(bad !== 1e30);
      layer.forward([1, 2, 3, 5], 2, "train");
      expect(layer.batches).toBe(2);
    },
  );

  it("trains γ and β, saves copies of everything, and loads them", () => {
    const layer = create(declared);
    expect(layer.parameters()).toEqual([layer.gamma, layer.beta]);
    expect(layer.parameters()[0]).toBe(layer.gamma);
    expect(layer.parameters()[1]).toBe(layer.beta);
    const saved = layer.save();
    layer.gamma[0] = 5;
    layer.forward([1, 3], 2, "train");
    expect(saved).toEqual({ gamma: [1], beta: [0], popMean: [0], popVar: [1], batches: 0 });
    const other = create(declared);
    other.load(JSON.parse(JSON.stringify(layer.save())));
    expect(other.save()).toEqual(layer.save());
    expect(other.forward([1, 3], 2, "eval")).toEqual(layer.forward([1, 3], 2, "eval"));
  });

  it("refuses what it cannot compute", () => {
    const layer = create(declared);
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
    const { gamma, beta, popMean, batches } = layer.save();
    expect(() => layer.load({ gamma, beta, popMean, batches })).toThrow(
      new RangeError("load: popVar must hold 1 numbers, got undefined"),
    );
    expect(() => layer.load({ gamma: [1, 2], batches })).toThrow(
      new RangeError("load: gamma must hold 1 numbers, got 1,2"),
    );
    expect(() => layer.load({ gamma })).toThrow(
      new RangeError("load: batches must be a number, got undefined"),
    );
  });
});

describe.each(precisions)("all variants give the same numbers in %s", (precision) => {
  it.each([2, 3, 4, 5, 17, 100])("with %i rows", (rows) => {
    const observed = Object.entries(correctVariants).map(([name, create]) => {
      const layer = create({ ...declared, features: 3, epsilon: 1e-3, precision });
      setThreeFeatures(layer);
      const [x, dy] = [Float32Array.from(scattered(rows * 3, 1)), Float32Array.from(scattered(rows * 3, 2))];
      const numbers = (["train", "eval"] as const).flatMap((mode) => [
        ...layer.forward(x, rows, mode),
        ...layer.backward(dy, rows),
      ]);
      return { name, numbers: [...numbers, ...Object.values(layer.save()).flat(), ...layer.gammaGradient] };
    });
    for (const { name, numbers } of observed) {
      for (const [i, expected] of observed[0].numbers.entries()) {
        expectClose(numbers[i], expected, precision, `${name}, number ${i}`);
      }
    }
  });
});
