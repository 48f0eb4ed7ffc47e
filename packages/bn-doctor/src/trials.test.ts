import { describe, expect, it } from "vitest";
import { batchMoments } from "./moments.js";
import { chosenTrials } from "./trials.js";

describe.each([1, 2, 3, 4, 5, 6, 300])("the chosen batches for %i features", (features) => {
  const epsilon = 1e-4;
  const trials = chosenTrials(features, epsilon);

  it("have the sizes that tell: N ≠ C in two, 3, 2, many, and one without any variance", () => {
    for (const { x, rows } of trials) expect(x.length).toBe(rows * features);
    expect(trials.map(({ rows }) => rows)).toEqual(
      features === 5 ? [6, 6, 3, 2, 37, 4] : [5, 5, 3, 2, 37, 4],
    );
    const [ordinary, small, , , , equal] = trials.map(
      ({ x, rows }) => batchMoments(x, rows, features).variance.reduce((a, b) => a + b) / features,
    );
    expect(ordinary).toBeGreaterThan(0.2);
    expect(small / epsilon).toBeGreaterThan(0.1);
    expect(small / epsilon).toBeLessThan(10);
    expect(equal).toBe(0);
  });

  it("have γ away from 0 and, on the whole, from 1, and β away from 0", () => {
    for (const { state } of trials) {
      for (const values of [state.gamma, state.beta]) {
        for (const value of Array.from(values ?? [])) expect(Math.abs(value)).toBeGreaterThanOrEqual(0.5);
      }
    }
  });

  it("hold float32 numbers and are the same every time", () => {
    for (const { x, dy } of trials) expect([x, dy]).toEqual([Float32Array.from(x), Float32Array.from(dy)]);
    expect(chosenTrials(features, epsilon)).toEqual(trials);
  });
});
