import { expect, it } from "vitest";
import { formatTick, lossTicks, stepTicks } from "./ticks.js";

it.each([
  [0.08, 2.4, [0.1, 0.2, 0.5, 1, 2]],
  [1.9, 2.9, [2, 2.2, 2.4, 2.6, 2.8]],
  [0.2, 0.9, [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]],
  [2.0, 2.5, [2, 2.2, 2.4]],
  [0.004, 40, [0.01, 0.1, 1, 10]],
  [1e-3, 1e30, [1e-3, 1e2, 1e7, 1e12, 1e17, 1e22, 1e27]],
])("losses from %d to %d have ticks at %j", (low, high, ticks) => {
  expect(lossTicks(low, high)).toEqual(ticks);
});

it.each([
  [1, [1]],
  [4, [1, 2, 3, 4]],
  [10, [2, 4, 6, 8, 10]],
  [63, [20, 40, 60]],
  [315, [100, 200, 300]],
  [40_000, [10_000, 20_000, 30_000, 40_000]],
])("%d steps have ticks at %j", (steps, ticks) => {
  expect(stepTicks(steps)).toEqual(ticks);
});

it.each([
  [0.05, "0.05"],
  [2.4449, "2.44"],
  [1234.5, "1230"],
  [1e27, "1e27"],
  [2e-7, "2e-7"],
])("%d is written %s", (loss, text) => {
  expect(formatTick(loss)).toBe(text);
  expect(text.length).toBeLessThanOrEqual(6);
});
