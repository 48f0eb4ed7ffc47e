import { describe, expect, it } from "vitest";
import { createCorrectBatchNorm } from "./correct.js";
import { type Fault, type FaultGrade, type FaultId, faults } from "./index.js";
import { declared, observe } from "./test-observe.js";

/** Every fault that there must be: its grade, and where it shows. Elsewhere it must equal the correct layer. */
const table: Record<string, readonly [FaultGrade, ...string[]]> = {
  "stats-never-updated": ["wrong", "popMean", "popVar"],
  "decay-inverted": ["convention", "popMean", "popVar"],
  "stats-hold-deviation": ["wrong", "popVar"],
  "stats-average-inverse-deviation": ["wrong", "popVar"],
  "stats-bessel-mismatch": ["convention", "popVar"],
  "stats-updated-twice": ["convention", "popMean", "popVar"],
  "stats-updated-in-eval": ["wrong", "pairAfterEval"],
  "stats-poisoned-by-nan": ["fragile", "poisoning"],
  "epsilon-folded-into-stats": ["wrong", "popVar"],
  "checkpoint-omits-stats": ["wrong", "reloading"],
  "eval-uses-batch-stats": ["wrong", "evalY", "evalDx", "evalDGamma"],
  "train-uses-pop-stats": ["wrong", "trainY", "trainDx", "trainDGamma"],
  "wrong-axis": ["wrong", "trainY", "popMean", "popVar", "trainDx", "trainDGamma"],
  "unbiased-in-forward": ["wrong", "trainY", "trainDx", "trainDGamma"],
  "epsilon-outside-root": ["wrong", "trainY", "trainDx", "trainDGamma", "evalY", "evalDx", "evalDGamma"],
  "missing-root": ["wrong", "trainY", "trainDx", "trainDGamma", "evalY", "evalDx", "evalDGamma"],
  "variance-cancellation": ["fragile", "trainOffset"],
  "folded-affine-cancellation": ["fragile", "evalOffset"],
  "batch-of-one-accepted": ["fragile", "oneRow"],
  "affine-ignored": ["wrong", "trainY", "trainDx", "evalY", "evalDx"],
  "gradient-ignores-statistics": ["wrong", "trainDx"],
  "gradient-ignores-mean": ["wrong", "trainDx"],
  "gradient-ignores-variance": ["wrong", "trainDx"],
  "train-formula-in-eval": ["wrong", "evalDx"],
  "gamma-missing-in-dx": ["wrong", "trainDx", "evalDx"],
  "gamma-squared-in-dx": ["wrong", "trainDx", "evalDx"],
  "sum-for-mean": ["wrong", "trainDx"],
  "epsilon-missing-in-backward": ["wrong", "trainDx", "trainDGamma"],
  "bessel-in-backward": ["wrong", "trainDx"],
  "dgamma-from-x": ["wrong", "trainDGamma", "evalDGamma"],
  "affine-gradient-averaged": ["wrong", "trainDGamma", "trainDBeta", "evalDGamma", "evalDBeta"],
  "gradient-overwritten": ["wrong", "accumulation"],
  "affine-never-trained": ["wrong", "parameters"],
};

/** What loses digits at an offset rounds otherwise without one, too. The others are equal to the last bit. */
const roundsOtherwise = ["variance-cancellation", "folded-affine-cancellation"];

it("the catalogue is the whole table, in its order", () => {
  expect(Object.values<Fault>(faults).map(({ id, grade }) => [id, grade])).toEqual(
    Object.entries(table).map(([id, [grade]]) => [id, grade]),
  );
});

describe.each(Object.values<Fault>(faults))("$id", ({ id, summary, create }) => {
  const [, ...shows] = table[id];
  const combinations = (["float32", "float64"] as const).flatMap((precision) =>
    (["biased", "unbiased"] as const).flatMap((varianceCorrection) =>
      ([0.9, "cumulative"] as const).map((decay) => ({ ...declared, precision, varianceCorrection, decay })),
    ),
  );

  it.each(combinations)(
    "shows where it should and nowhere else: $precision, $varianceCorrection, decay $decay",
    (options) => {
      const right = observe(createCorrectBatchNorm, options);
      const wrong = observe(create, options);
      const different = Object.keys(right).filter((what) => {
        const distances = right[what].map((value, i) => Math.abs(value - wrong[what][i]));
        const distance = distances.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(...distances);
        const equal = roundsOtherwise.includes(id) ? distance < 1e-5 : distance === 0;
        expect(equal || distance > 1e-3, `${what} differs by ${distance}`).toBe(true);
        return !equal;
      });
      expect(different).toEqual(shows);
    },
  );

  it("is listed under its own id, and says in one sentence what is wrong", () => {
    expect(faults[id as FaultId].create).toBe(create);
    expect(summary).toMatch(/^[A-Z][^.]*[^.:;,]\.$/);
  });

  it("refuses a wrong length and a backward pass without a forward pass", () => {
    const layer = create({ ...declared, features: 1 });
    expect(() => layer.forward([1, 2, 3], 2, "eval")).toThrow("forward: x must hold 2 × 1 numbers, got 3");
    expect(() => layer.forward([], 0, "train")).toThrow(/^forward: training needs at least \d rows?, got 0$/);
    expect(() => layer.backward([1, 2], 2)).toThrow("backward: a forward pass must come first");
    layer.forward([1, 3], 2, "train");
    expect(() => layer.backward([1, 2, 3], 3)).toThrow("backward: dy must hold the 2 numbers of the last");
    expect(() => layer.load({ batches: 1 })).toThrow("load: gamma must hold 1 numbers, got undefined");
  });
});
