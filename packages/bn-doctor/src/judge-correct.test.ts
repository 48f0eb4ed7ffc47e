import { describe, expect, it } from "vitest";
import { judge } from "./judge.js";
import { type TestBatchNorm, testBatchNorm } from "./test-batch-norm.js";
import { configuration } from "./test-configuration.js";
import { evidenceOf, type Feed, train } from "./test-evidence.js";

function failures(subject: TestBatchNorm, feed: Feed): string[] {
  const { healthy, checks } = judge(evidenceOf([train(subject, feed)]));
  const failed = checks
    .filter(({ passed }) => passed === false)
    .map(({ id, meaning }) => `${id}: ${meaning}`);
  expect(healthy).toBe(failed.length === 0);
  return failed;
}

describe("a correct layer is never accused", () => {
  it.each(["float32", "float64"] as const)("in 100 configurations, stored in %s", (precision) => {
    for (let seed = 1; seed <= 100; seed++) {
      const { declared, feed } = configuration(seed, 1e4);
      const subject = testBatchNorm({ ...declared, precision });
      expect(failures(subject, feed), JSON.stringify({ declared, feed })).toEqual([]);
    }
  });

  // Beyond (mean/σ)² = 2²⁴ a one-pass variance has no digit left, and may be negative.
  it.each([
    { variance: "centred", evalForm: "centred", farthest: 1e4 },
    { variance: "centred", evalForm: "folded", farthest: 1e4 },
    { variance: "one-pass", evalForm: "folded", farthest: 10 },
  ] as const)(
    "in 100 configurations, computed in float32 throughout: $variance variance, $evalForm eval",
    ({ farthest, variance, evalForm }) => {
      for (let seed = 1; seed <= 100; seed++) {
        const { declared, feed } = configuration(seed, farthest);
        const forms = { sums: "own precision", variance, eval: evalForm } as const;
        const subject = testBatchNorm({ ...declared, precision: "float32" }, forms);
        expect(failures(subject, feed), JSON.stringify({ declared, feed })).toEqual([]);
      }
    },
  );

  it.each([1e3, 0])("with 8,000 rows at offset %d and σ 0.1", (offset) => {
    const feed = { rows: 8000, steps: 5, seed: 1, offset, sigma: 0.1 };
    const declared = { features: 4, decay: 0, epsilon: 1e-7, precision: "float32" } as const;
    for (const runningVariance of ["biased", "unbiased"] as const) {
      for (const sums of ["float64", "own precision"] as const) {
        const forms = { sums, variance: "centred", eval: "centred" } as const;
        expect(failures(testBatchNorm({ ...declared, runningVariance }, forms), feed)).toEqual([]);
      }
    }
  });

  it.each([0.999, "cumulative"] as const)("after 10,000 steps in float32, at decay %s", (decay) => {
    const feed = { rows: 4, steps: 10_000, seed: 1, offset: 3, sigma: 2 };
    const subject = testBatchNorm(
      { features: 3, decay, epsilon: 1e-5, runningVariance: "unbiased", precision: "float32" },
      { sums: "own precision", variance: "one-pass", eval: "folded" },
    );
    expect(failures(subject, feed)).toEqual([]);
  });
});
