import { expect, it } from "vitest";
import { createCorrectBatchNorm } from "./correct.js";
import { type FaultId, faults } from "./index.js";
import type { BatchNormOptions } from "./plain-batch-norm.js";
import { expectTrueGradients } from "./test-gradients.js";
import { declared } from "./test-observe.js";

/** A layer with a fault, ε = 1/2 and one feature after some training passes over x. */
const trained = (id: FaultId, x: number[], passes: number, options: Partial<BatchNormOptions> = {}) => {
  const layer = faults[id].create({ ...declared, features: 1, ...options });
  for (let pass = 0; pass < passes; pass++) layer.forward(x, x.length, "train");
  return layer;
};

it.each([
  // [1, 4, 7] has μ = 4, σ² = 6, over N − 1 it is 9. 300 passes at decay 0.9 leave 2e-14 of the pair (2, 3).
  ["decay-inverted", [1, 4, 7], 1, 3.8, 0.3 + 0.9 * 6, 0.3 + 0.9 * 9],
  ["stats-hold-deviation", [1, 4, 7], 300, 4, 6 ** 0.5, 3],
  ["stats-average-inverse-deviation", [1, 4, 7], 1, 2.2, averagedInverse(3, 6), averagedInverse(3, 9)],
  ["stats-average-inverse-deviation", [1, 4, 7], 300, 4, 6, 9],
  ["stats-average-inverse-deviation", [3, 3], 300, 3, 0, 0],
  ["stats-bessel-mismatch", [1, 4, 7], 300, 4, 9, 6],
  ["stats-updated-twice", [1, 4, 7], 1, 0.81 * 2 + 0.19 * 4, 0.81 * 3 + 0.19 * 6, 0.81 * 3 + 0.19 * 9],
  ["epsilon-folded-into-stats", [1, 4, 7], 300, 4, 6.5, 9.5],
  ["variance-cancellation", [1, 4, 7], 300, 4, 6, 9],
  ["batch-of-one-accepted", [3], 1, 2.1, 2.7, 2.7],
  ["wrong-axis", [1, 4, 7], 300, 2, 3, 3],
] as const)(
  "%s: the pair after x = %j × %i is (%d, %d), over N − 1 (…, %d)",
  (id, x, passes, mean, biased, unbiased) => {
    for (const varianceCorrection of ["biased", "unbiased"] as const) {
      const layer = trained(id, [], 0, { varianceCorrection });
      layer.popMean[0] = 2;
      layer.popVar[0] = 3;
      for (let pass = 0; pass < passes; pass++) layer.forward(x, x.length, "train");
      expect(layer.popMean[0]).toBeCloseTo(mean, 8);
      expect(layer.popVar[0]).toBeCloseTo(varianceCorrection === "biased" ? biased : unbiased, 8);
    }
  },
);

/** The variance whose 1/√(σ² + ε) is that of `old` and that of `batch`, weighted 9 to 1. */
function averagedInverse(old: number, batch: number): number {
  const { epsilon } = declared;
  return (0.9 / Math.sqrt(old + epsilon) + 0.1 / Math.sqrt(batch + epsilon)) ** -2 - epsilon;
}

it("two updates a pass give the second batch three quarters of a cumulative average", () => {
  const layer = trained("stats-updated-twice", [1, 4, 7], 1, { decay: "cumulative" });
  layer.forward([9, 9], 2, "train");
  expect([layer.popMean[0], layer.popVar[0], layer.batches]).toEqual([0.25 * 4 + 0.75 * 9, 0.25 * 6, 2]);
});

it("a batch of one comes out as β, also where its variance should be over N − 1", () => {
  const layer = trained("batch-of-one-accepted", [3], 1, { varianceCorrection: "unbiased" });
  expect([layer.popMean[0], layer.popVar[0], layer.batches]).toEqual([expect.closeTo(0.3, 12), 0.9, 1]);
  layer.beta[0] = 7;
  expect([...layer.forward([3], 1, "train")]).toEqual([7]);
  expect([...layer.backward([2], 1)]).toEqual([0]);
});

it.each([
  ["unbiased-in-forward", 1 / Math.sqrt(8.5)],
  ["epsilon-outside-root", 1 / 2.5],
  ["missing-root", 1 / 4.5],
  ["wrong-axis", 0],
] as const)("%s: x = [1, 5] is stretched by %d in training", (id, r) => {
  expect([...trained(id, [], 0).forward([1, 5], 2, "train")]).toEqual(
    [-2 * r, 2 * r].map((y) => expect.closeTo(y, 12)),
  );
});

/** What dx of one row is made of; m1 = mean(dy), m2 = mean(dy·x̂). */
type Terms = Readonly<Record<"gamma" | "r" | "dy" | "xHat" | "m1" | "m2" | "rows" | "variance", number>>;

it.each<[FaultId, (terms: Terms) => number]>([
  ["gradient-ignores-statistics", ({ gamma, r, dy }) => gamma * r * dy],
  ["gradient-ignores-mean", ({ gamma, r, dy, xHat, m2 }) => gamma * r * (dy - xHat * m2)],
  ["gradient-ignores-variance", ({ gamma, r, dy, m1 }) => gamma * r * (dy - m1)],
  ["gamma-missing-in-dx", ({ r, dy, xHat, m1, m2 }) => r * (dy - m1 - xHat * m2)],
  ["gamma-squared-in-dx", ({ gamma, r, dy, xHat, m1, m2 }) => gamma ** 2 * r * (dy - m1 - xHat * m2)],
  ["affine-ignored", ({ r, dy, xHat, m1, m2 }) => r * (dy - m1 - xHat * m2)],
  ["sum-for-mean", ({ gamma, r, dy, xHat, m1, m2, rows }) => gamma * r * (dy - rows * m1 - xHat * rows * m2)],
  [
    "bessel-in-backward",
    ({ gamma, dy, xHat, m1, m2, rows, variance }) =>
      (gamma / Math.sqrt((variance * rows) / (rows - 1) + declared.epsilon)) * (dy - m1 - xHat * m2),
  ],
  [
    "epsilon-missing-in-backward",
    ({ gamma, dy, xHat, m1, m2, r, variance }) =>
      (gamma / variance ** 0.5) * (dy - m1 - (xHat * m2) / (r ** 2 * variance)),
  ],
])("%s: dx after a training pass is that formula", (id, formula) => {
  const x = [1, 5, 2, -3];
  const dys = [1, -1, 3, 4];
  const gamma = 1.5;
  const [rows, mean, variance] = [4, 1.25, 8.1875];
  const r = 1 / Math.sqrt(variance + declared.epsilon);
  const xHats = x.map((value) => (value - mean) * r);
  const m1 = 7 / 4;
  const m2 = dys.reduce((sum, dy, i) => sum + dy * xHats[i], 0) / 4;
  const layer = trained(id, x, 1);
  layer.gamma[0] = gamma;
  const expected = dys.map((dy, i) => formula({ gamma, r, dy, xHat: xHats[i], m1, m2, rows, variance }));
  expect([...layer.backward(dys, 4)]).toEqual(expected.map((dx) => expect.closeTo(dx, 12)));
});

it.each([
  // x̂ = ±2·√(1/4.5), dy = [1, 2]: Σ dy = 3, Σ dy·x̂ = 2/√4.5, Σ dy·x = 11
  ["dgamma-from-x", 11, 3],
  ["affine-gradient-averaged", 1 / Math.sqrt(4.5), 1.5],
  ["gradient-overwritten", 2 / Math.sqrt(4.5), 3],
] as const)("%s: dγ is %d and dβ %d after x = [1, 5]", (id, dGamma, dBeta) => {
  const layer = trained(id, [1, 5], 1);
  layer.backward([1, 2], 2);
  expect(layer.gammaGradient[0]).toBeCloseTo(dGamma, 12);
  expect(layer.betaGradient[0]).toBeCloseTo(dBeta, 12);
});

it("faults in γ's place in dx are none while γ is 1", () => {
  const [right, missing, squared] = [
    createCorrectBatchNorm,
    faults["gamma-missing-in-dx"].create,
    faults["gamma-squared-in-dx"].create,
  ].map((create) => {
    const layer = create({ ...declared, features: 1 });
    layer.forward([1, 5, 2], 3, "train");
    return layer.backward([1, -1, 3], 3);
  });
  expect(missing).toEqual(right);
  expect(squared).toEqual(right);
});

it.each(["train", "eval"] as const)(
  "the wrong axis has the true gradients of what it computes, in %s",
  (mode) => {
    expectTrueGradients(faults["wrong-axis"].create(declared), 5, mode);
  },
);

it("a variance that cancels may be negative, and turn y into NaN", () => {
  const x = Array.from({ length: 32 }, (_, i) => 1000 + 0.1 * Math.sin(12.9898 * i));
  const layer = trained("variance-cancellation", x, 1, { precision: "float32", epsilon: 1e-5, decay: 0 });
  expect(layer.popVar[0]).toBeLessThan(0);
  expect(layer.forward(x, 32, "train").every(Number.isNaN)).toBe(true);
});
