import { describe, expect, it } from "vitest";
import { RunningPairReplay } from "./running-pair-replay.js";

// mean 2 and variance 1, then mean 6 and variance 4
const first = [1, 3];
const second = [4, 8];

function replayOf(decay: number | "cumulative", runningVariance: "biased" | "unbiased"): RunningPairReplay {
  const replay = new RunningPairReplay(1, { decay, runningVariance });
  replay.observe(first, 2);
  replay.observe(second, 2);
  return replay;
}

describe("the pair after two batches", () => {
  it.each([
    {
      decay: 0.5,
      runningVariance: "biased",
      mean: 0.25 * 2 + 0.5 * 6,
      variance: 0.25 + 0.25 * 1 + 0.5 * 4,
    },
    { decay: 0.5, runningVariance: "unbiased", mean: 3.5, variance: 0.25 + 0.25 * 2 + 0.5 * 8 },
    { decay: 0, runningVariance: "biased", mean: 6, variance: 4 },
    { decay: "cumulative", runningVariance: "biased", mean: 4, variance: 2.5 },
    { decay: "cumulative", runningVariance: "unbiased", mean: 4, variance: 5 },
  ] as const)("decay $decay, $runningVariance", ({ decay, runningVariance, mean, variance }) => {
    const replay = replayOf(decay, runningVariance);
    expect(replay.mean[0]).toBe(mean);
    expect(replay.variance[0]).toBe(variance);
    expect(replay.batches).toBe(2);
  });

  it("after k passes over one batch is decayᵏ·initial + (1 − decayᵏ)·batch", () => {
    const replay = new RunningPairReplay(1, { decay: 0.9, runningVariance: "biased" });
    for (let k = 0; k < 7; k++) replay.observe(second, 2);
    expect(replay.mean[0]).toBeCloseTo((1 - 0.9 ** 7) * 6, 14);
    expect(replay.variance[0]).toBeCloseTo(0.9 ** 7 + (1 - 0.9 ** 7) * 4, 14);
  });
});

it("starts at (0, 1) with nothing to excuse", () => {
  const replay = new RunningPairReplay(2, { decay: 0.9, runningVariance: "biased" });
  expect([...replay.mean, ...replay.variance]).toEqual([0, 0, 1, 1]);
  expect([...replay.meanRounding, ...replay.varianceRounding]).toEqual([0, 0, 0, 0]);
});

it("grants rounding that levels off with a decay and grows with a cumulative average", () => {
  const grantedAfter = (steps: number, decay: number | "cumulative") => {
    const replay = new RunningPairReplay(1, { decay, runningVariance: "biased" });
    for (let step = 0; step < steps; step++) replay.observe(first, 2);
    return replay.meanRounding[0];
  };
  expect(grantedAfter(1000, 0.9) / grantedAfter(100, 0.9)).toBeCloseTo(1, 2);
  expect(grantedAfter(1000, "cumulative") / grantedAfter(100, "cumulative")).toBeGreaterThan(5);
});

it("refuses what is no training batch", () => {
  const replay = new RunningPairReplay(2, { decay: 0.9, runningVariance: "biased" });
  expect(() => replay.observe([1, 2], 1)).toThrow(
    new Error("RunningPairReplay.observe: rows must be at least 2, got 1"),
  );
  expect(() => replay.observe([1, 2, 3], 2)).toThrow(
    new Error("RunningPairReplay.observe: x must hold 2 × 2 numbers, got 3"),
  );
  expect(replay.batches).toBe(0);
});
