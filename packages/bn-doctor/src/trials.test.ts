import { describe, expect, it } from "vitest";
import type { LayerEvidence } from "./evidence.js";
import { batchMoments } from "./moments.js";
import { chosenTrials } from "./trials.js";

describe.each([1, 4, 5, 6, 300])("the chosen batches for %i features", (features) => {
  const epsilon = 1e-4;
  const trials = chosenTrials({ subject: { features, declared: { epsilon } } } as LayerEvidence);

  it("have N ≠ C, and one of them a variance near ε", () => {
    for (const { x, rows } of trials) {
      expect(rows).not.toBe(features);
      expect(x.length).toBe(rows * features);
    }
    const [ordinary, small] = trials.map(({ x, rows }) => batchMoments(x, rows, features).variance);
    expect(ordinary.reduce((a, b) => a + b) / features).toBeGreaterThan(0.2);
    expect(small.reduce((a, b) => a + b) / features / epsilon).toBeGreaterThan(0.1);
    expect(small.reduce((a, b) => a + b) / features / epsilon).toBeLessThan(10);
  });

  it("have γ away from 0 and, on the whole, from 1, β away from 0, and zero gradients", () => {
    for (const { state } of trials) {
      for (const values of [state.gamma, state.beta]) {
        for (const value of Array.from(values ?? [])) expect(Math.abs(value)).toBeGreaterThanOrEqual(0.5);
      }
      expect(Array.from(state.gammaGradient ?? [])).toEqual(Array(features).fill(0));
      expect(Array.from(state.betaGradient ?? [])).toEqual(Array(features).fill(0));
    }
  });

  it("hold float32 numbers and are the same every time", () => {
    for (const { x, dy } of trials) expect([x, dy]).toEqual([Float32Array.from(x), Float32Array.from(dy)]);
    expect(chosenTrials({ subject: { features, declared: { epsilon } } } as LayerEvidence)).toEqual(trials);
  });
});
