import { describe, expect, it } from "vitest";
import { ReduceOnPlateau, type ReduceOnPlateauOptions } from "./reduce-on-plateau.js";

// Its steps are replayed against PyTorch's beside the optimisers.
describe("ReduceOnPlateau", () => {
  it("says which option is out of its range", () => {
    const wrong: readonly [ReduceOnPlateauOptions, string][] = [
      [{ mode: "maximum" as never }, 'mode must be "min" or "max", got maximum'],
      [{ factor: 1 }, "factor must be in (0, 1), got 1"],
      [{ patience: -1 }, "patience must be 0 or a positive number, got -1"],
      [{ threshold: Number.NaN }, "threshold must be 0 or a positive number, got NaN"],
      [{ cooldown: -1 }, "cooldown must be 0 or a positive number, got -1"],
      [{ minLearningRate: -1 }, "minLearningRate must be 0 or a positive number, got -1"],
    ];
    for (const [options, message] of wrong) {
      expect(() => new ReduceOnPlateau({ learningRate: 1 }, options)).toThrow(
        new RangeError(`ReduceOnPlateau: ${message}`),
      );
    }
  });
});
