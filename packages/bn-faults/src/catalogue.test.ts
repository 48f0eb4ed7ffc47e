import { describe, expect, it } from "vitest";
import { createCorrectBatchNorm } from "./correct.js";
import { type Fault, type FaultId, faults } from "./index.js";
import type { PlainBatchNorm } from "./plain-batch-norm.js";

const FEATURES = 3;
const ROWS = 5;

function scattered(length: number, seed: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => 1 + 2 * Math.sin(12.9898 * (i + 1) + 78.233 * seed));
}

/** Everything that can be seen from outside over one training pass and one eval pass. */
function observe(layer: PlainBatchNorm): Record<string, number[]> {
  layer.gamma.set([1.5, -0.5, 2]);
  layer.beta.set([0.3, -1, 0.7]);
  const dy = scattered(ROWS * FEATURES, 3);
  const trainY = [...layer.forward(scattered(ROWS * FEATURES, 1), ROWS, "train")];
  const meanAfterTrain = [...layer.popMean];
  const varAfterTrain = [...layer.popVar];
  const trainDx = [...layer.backward(dy, ROWS)];
  const trainAffineGradient = [...layer.gammaGradient, ...layer.betaGradient];
  // The same pair for every layer, so that a wrong update does not show again in eval.
  layer.popMean.set([0.4, -0.2, 1]);
  layer.popVar.set([0.5, 2, 1.5]);
  layer.gammaGradient.fill(0);
  layer.betaGradient.fill(0);
  const evalY = [...layer.forward(scattered(ROWS * FEATURES, 2), ROWS, "eval")];
  const evalDx = [...layer.backward(dy, ROWS)];
  const evalAffineGradient = [...layer.gammaGradient, ...layer.betaGradient];
  const meanAfterEval = [...layer.popMean];
  const varAfterEval = [...layer.popVar];
  return {
    trainY,
    meanAfterTrain,
    varAfterTrain,
    trainDx,
    trainAffineGradient,
    evalY,
    evalDx,
    evalAffineGradient,
    meanAfterEval,
    varAfterEval,
  };
}

/** Where each fault shows; everywhere else it must equal the correct layer to the last bit. */
const shows: Record<FaultId, string[]> = {
  "stats-never-updated": ["meanAfterTrain", "varAfterTrain"],
  "stats-hold-deviation": ["varAfterTrain"],
  "stats-updated-in-eval": ["meanAfterEval", "varAfterEval"],
  "decay-inverted": ["meanAfterTrain", "varAfterTrain"],
  "eval-uses-batch-stats": ["evalY", "evalDx", "evalAffineGradient"],
  "train-uses-pop-stats": ["trainY", "trainDx", "trainAffineGradient"],
  "gradient-ignores-statistics": ["trainDx"],
  "gradient-ignores-variance": ["trainDx"],
  "train-formula-in-eval": ["evalDx"],
};

describe.each(Object.values<Fault>(faults))("$id", ({ id, summary, create }) => {
  it.each(["float32", "float64"] as const)(
    "differs from the correct layer where it should, in %s",
    (precision) => {
      for (const varianceCorrection of ["biased", "unbiased"] as const) {
        const options = { features: FEATURES, decay: 0.9, epsilon: 1e-5, varianceCorrection, precision };
        const right = observe(createCorrectBatchNorm(options));
        const wrong = observe(create(options));
        const different = Object.keys(right).filter((what) => {
          const distance = Math.max(...right[what].map((value, i) => Math.abs(value - wrong[what][i])));
          expect(distance === 0 || distance > 0.01, `${what} differs by ${distance}`).toBe(true);
          return distance > 0;
        });
        expect(different).toEqual(shows[id as FaultId]);
      }
    },
  );

  it("is listed under its own id, and says in one sentence what is wrong", () => {
    expect(faults[id as FaultId].create).toBe(create);
    expect(summary).toMatch(/^[A-Z][^.]+\.$/);
  });

  it("refuses a wrong length and a training batch of one, like the correct layer", () => {
    const layer = create({
      features: 1,
      decay: 0.9,
      epsilon: 1e-5,
      varianceCorrection: "biased",
      precision: "float32",
    });
    expect(() => layer.forward([1, 2, 3], 2, "eval")).toThrow("forward: x must hold 2 × 1 numbers, got 3");
    expect(() => layer.forward([1], 1, "train")).toThrow("forward: training needs at least 2 rows, got 1");
    expect(() => layer.backward([1, 2], 2)).toThrow("backward: a forward pass must come first");
  });
});
