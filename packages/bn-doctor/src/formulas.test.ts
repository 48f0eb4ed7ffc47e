import { compareNumbers } from "@handgrad/gradcheck";
import { describe, expect, it } from "vitest";
import { evalGradients, output, type Pass, trainGradients } from "./formulas.js";
import { batchMoments } from "./moments.js";

const ROWS = 5;
const FEATURES = 3;
const scattered = (length: number, seed: number) =>
  Float64Array.from({ length }, (_, i) => 2 * Math.sin(12.9898 * (i + 1) + 78.233 * seed));

describe("golden values, by hand: x = [1, 3], ε = 3, γ = 2, β = 1, dy = [1, 2]", () => {
  const pass = { x: [1, 3], rows: 2, gamma: [2], beta: [1], epsilon: 3 };

  it("in training: μ = 2, σ² = 1, r = 1/2, x̂ = [-1/2, 1/2]", () => {
    const train = { ...pass, statistics: batchMoments(pass.x, 2, 1) };
    expect([...output(train)]).toEqual([0, 2]);
    const { dx, gammaGradient, betaGradient } = trainGradients(train, [1, 2]);
    expect([[...dx], [...gammaGradient], [...betaGradient]]).toEqual([[-0.375, 0.375], [0.5], [3]]);
  });

  it("in eval, with popMean 5 and popVar 1: x̂ = [-2, -1]", () => {
    const statistics = { mean: Float64Array.of(5), variance: Float64Array.of(1) };
    expect([...output({ ...pass, statistics })]).toEqual([-3, -1]);
    const { dx, gammaGradient, betaGradient } = evalGradients({ ...pass, statistics }, [1, 2]);
    expect([[...dx], [...gammaGradient], [...betaGradient]]).toEqual([[1, 2], [-4], [3]]);
  });
});

describe.each(["train", "eval"] as const)("the %s gradients", (mode) => {
  const x = scattered(ROWS * FEATURES, 1);
  const gamma = Float64Array.of(1.5, -0.5, 2);
  const beta = Float64Array.of(0.3, -1, 0.7);
  const dy = scattered(ROWS * FEATURES, 2);
  const stored = { mean: Float64Array.of(0.4, -0.2, 1), variance: Float64Array.of(0.5, 2, 1.5) };
  const pass = (): Pass => ({
    x,
    rows: ROWS,
    gamma,
    beta,
    statistics: mode === "train" ? batchMoments(x, ROWS, FEATURES) : stored,
    epsilon: 1e-3,
  });

  it("are the slopes of ⟨y, dy⟩", () => {
    const gradients = (mode === "train" ? trainGradients : evalGradients)(pass(), dy);
    const slopes = (values: Float64Array) =>
      values.map((kept, i) => {
        const h = 1e-5;
        const loss = (value: number) => {
          values[i] = value;
          return output(pass()).reduce((sum, y, i) => sum + y * dy[i], 0);
        };
        const slope = (loss(kept + h) - loss(kept - h)) / (2 * h);
        values[i] = kept;
        return slope;
      });
    // Central differences err by h² times the third derivative, at r of a few units.
    const tolerance = { atol: 1e-8, rtol: 1e-8 };
    expect(compareNumbers(gradients.dx, slopes(x), tolerance).message).toMatch(/^0 of 15/);
    expect(compareNumbers(gradients.gammaGradient, slopes(gamma), tolerance).message).toMatch(/^0 of 3/);
    expect(compareNumbers(gradients.betaGradient, slopes(beta), tolerance).message).toMatch(/^0 of 3/);
  });
});
