import { describe, expect, it } from "vitest";
import { integerPower } from "../optimizers/integer-power.js";
import { halfCosine } from "./half-cosine.js";
import {
  constantSchedule,
  cosineSchedule,
  exponentialSchedule,
  oneCycleSchedule,
  stepSchedule,
} from "./schedules.js";

describe("schedules", () => {
  it("the constant one is constant", () => {
    expect([0, 1, 1e6].map(constantSchedule(0.25))).toEqual([0.25, 0.25, 0.25]);
  });

  it("cosine: a line up that never starts at 0, the top at the end of warm-up, the end and what follows", () => {
    const schedule = cosineSchedule({ learningRate: 1, steps: 9, warmup: 3, finalLearningRate: 0.5 });
    expect([0, 1, 2, 3, 6, 9, 10, 1000].map(schedule)).toEqual([0.25, 0.5, 0.75, 1, 0.75, 0.5, 0.5, 0.5]);
    expect(cosineSchedule({ learningRate: 1, steps: 4 })(4)).toBe(0);
  });

  it("one cycle: stays at its end", () => {
    const schedule = oneCycleSchedule({ learningRate: 1, steps: 10, initialDivisor: 4, finalDivisor: 2 });
    expect([0, 2, 9, 10, 1000].map(schedule)).toEqual([0.25, 1, 0.125, 0.125, 0.125]);
    expect(oneCycleSchedule({ learningRate: 1, steps: 1 })(0)).toBeCloseTo(4e-6, 12);
  });

  it("say what is wrong", () => {
    const learningRate = 1;
    const wrong: readonly [() => unknown, string][] = [
      [() => constantSchedule(0), "constantSchedule: learningRate must be a positive number, got 0"],
      [
        () => stepSchedule({ learningRate: -1, every: 1 }),
        "stepSchedule: learningRate must be a positive number, got -1",
      ],
      [
        () => stepSchedule({ learningRate, every: 1.5 }),
        "stepSchedule: every must be a positive integer, got 1.5",
      ],
      [
        () => stepSchedule({ learningRate, every: 1, factor: 0 }),
        "stepSchedule: factor must be a positive number, got 0",
      ],
      [
        () => exponentialSchedule({ learningRate: Number.NaN, factor: 1 }),
        "exponentialSchedule: learningRate must be a positive number, got NaN",
      ],
      [
        () => exponentialSchedule({ learningRate, factor: -1 }),
        "exponentialSchedule: factor must be a positive number, got -1",
      ],
      [
        () => cosineSchedule({ learningRate: 0, steps: 1 }),
        "cosineSchedule: learningRate must be a positive number, got 0",
      ],
      [
        () => cosineSchedule({ learningRate, steps: 0 }),
        "cosineSchedule: steps must be a positive integer, got 0",
      ],
      [
        () => cosineSchedule({ learningRate, steps: 5, warmup: 5 }),
        "cosineSchedule: warmup must be an integer from 0 to 4, got 5",
      ],
      [
        () => cosineSchedule({ learningRate, steps: 5, finalLearningRate: -1 }),
        "cosineSchedule: finalLearningRate must be 0 or a positive number, got -1",
      ],
      [
        () => oneCycleSchedule({ learningRate: 0, steps: 1 }),
        "oneCycleSchedule: learningRate must be a positive number, got 0",
      ],
      [
        () => oneCycleSchedule({ learningRate, steps: 9, warmupShare: 1 }),
        "oneCycleSchedule: warmupShare must be in [0, 1), got 1",
      ],
      [
        () => oneCycleSchedule({ learningRate, steps: 9, finalDivisor: 0 }),
        "oneCycleSchedule: finalDivisor must be a positive number, got 0",
      ],
    ];
    for (const [make, message] of wrong) expect(make).toThrow(new RangeError(message));
  });

  it("takes whole steps alone: a fraction, as of an epoch, is not rounded in silence", () => {
    const learningRate = 1;
    const schedules = {
      constantSchedule: constantSchedule(learningRate),
      stepSchedule: stepSchedule({ learningRate, every: 2 }),
      exponentialSchedule: exponentialSchedule({ learningRate, factor: 0.5 }),
      cosineSchedule: cosineSchedule({ learningRate, steps: 10, warmup: 2 }),
      oneCycleSchedule: oneCycleSchedule({ learningRate, steps: 10 }),
    };
    for (const [name, schedule] of Object.entries(schedules)) {
      for (const step of [-1, 1.5, Number.NaN]) {
        expect(() => schedule(step)).toThrow(
          new RangeError(`${name}: step must be an integer of at least 0, got ${step}`),
        );
      }
      expect(schedule(0)).toBeGreaterThan(0);
    }
  });
});

describe("halfCosine", () => {
  it("is (1 + cos(π·share))/2 to some units in the last place, and exact at its ends and in the middle", () => {
    for (let i = 0; i <= 1000; i++) {
      const expected = Math.cos((Math.PI / 2) * (i / 1000)) ** 2;
      // The reference squares a cosine whose argument is rounded: near share 1 that costs a relative 1e-16·1000.
      expect(Math.abs(halfCosine(i / 1000) - expected)).toBeLessThan(4e-16);
    }
    expect([0, 1].map(halfCosine)).toEqual([1, 0]);
    expect(halfCosine(0.5)).toBeCloseTo(0.5, 15);
  });
});

describe("integerPower", () => {
  it("multiplies", () => {
    expect([0, 1, 2, 3, 10].map((n) => integerPower(3, n))).toEqual([1, 3, 9, 27, 59049]);
    expect(integerPower(0.999, 1000)).toBeCloseTo(0.999 ** 1000, 14);
    expect(integerPower(0, 0)).toBe(1);
    expect(integerPower(0.9, 2 ** 40)).toBe(0);
  });
});
