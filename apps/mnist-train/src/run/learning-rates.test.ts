import { describe, expect, it } from "vitest";
import { learningRatesOf, type ScheduleName } from "./learning-rates.js";

const rates = (schedule: ScheduleName, steps: number) => {
  const { schedule: of } = learningRatesOf({ schedule }, { learningRate: 2 }, steps);
  return Array.from({ length: steps }, (_, step) => of?.(step) ?? Number.NaN);
};

it("constant leaves the optimiser alone", () => {
  expect(learningRatesOf({ schedule: "constant" }, { learningRate: 2 }, 10)).toEqual({});
});

it("step divides by ten at each third of the run", () => {
  expect(rates("step", 6).map((rate) => Number(rate.toPrecision(12)))).toEqual([2, 2, 0.2, 0.2, 0.02, 0.02]);
});

it("exponential comes to a hundredth", () => {
  const { schedule } = learningRatesOf({ schedule: "exponential" }, { learningRate: 2 }, 7);
  expect(schedule?.(0)).toBe(2);
  expect(schedule?.(7)).toBeCloseTo(0.02, 12);
});

it("cosine rises for a twentieth of the run, and ends at zero", () => {
  const all = rates("cosine", 100);
  expect(all.indexOf(Math.max(...all))).toBe(5);
  expect(all[5]).toBe(2);
  expect(all[99]).toBeLessThan(0.001);
  expect(all.slice(5)).toEqual([...all.slice(5)].sort((a, b) => b - a));
});

it("one-cycle has its greatest at 0.3 of the run, from a twenty-fifth", () => {
  const all = rates("one-cycle", 100);
  expect(all[0]).toBeCloseTo(2 / 25, 12);
  expect(all[29]).toBe(2);
  expect(all[99]).toBeCloseTo(2 / 25e4, 12);
});

it("plateau divides by ten after two epochs without gain", () => {
  const optimizer = { learningRate: 2 };
  const { schedule, plateau } = learningRatesOf({ schedule: "plateau" }, optimizer, 10);
  const seen = [3, 2, 2, 1, 1, 1, 1].map((loss) => {
    plateau?.step(loss);
    return optimizer.learningRate;
  });
  expect(schedule).toBeUndefined();
  expect(seen).toEqual([2, 2, 2, 2, 2, 0.2, 0.2]);
});

describe("any number of steps", () => {
  it.each<ScheduleName>(["step", "exponential", "cosine", "one-cycle"])("%s", (schedule) => {
    for (const steps of [1, 2, 3, 4, 5, 17, 1e15, 1e25]) {
      const { schedule: of } = learningRatesOf({ schedule }, { learningRate: 2 }, steps);
      for (const step of [0, 1, 2, 16]) {
        const rate = of?.(step) ?? Number.NaN;
        expect(rate, `${step} of ${steps}`).toBeGreaterThanOrEqual(0);
        expect(rate, `${step} of ${steps}`).toBeLessThanOrEqual(2);
      }
    }
  });
});
