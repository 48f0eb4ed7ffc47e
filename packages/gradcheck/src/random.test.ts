import { expect, test } from "vitest";
import { randomWeights } from "./random.js";

test("golden values", () => {
  // From the same formulas in Python integers, masked to 32 bits:
  //   s += 0x6d2b79f5; t = (s ^ s>>15) * (s|1); t ^= t + (t ^ t>>7) * (t|61); t ^ t>>14
  expect([...randomWeights(1, 4)]).toEqual([
    0.5027357211802155, 1.481050967471674, 0.781103502959013, 1.2207431411370635,
  ]);
  expect([...randomWeights(7, 4)]).toEqual([
    -0.5619582575745881, 1.1990287057124078, 0.9055216880515218, -0.7399251859169453,
  ]);
});

test("magnitudes lie in [0.5, 1.5), signs are balanced", () => {
  const weights = randomWeights(3, 10_000);
  expect(weights.every((weight) => Math.abs(weight) >= 0.5 && Math.abs(weight) < 1.5)).toBe(true);
  const positive = weights.filter((weight) => weight > 0).length;
  expect(Math.abs(positive - 5000)).toBeLessThan(200);
});

test("any count, and a longer run begins like a shorter one", () => {
  expect(randomWeights(1, 0)).toHaveLength(0);
  expect(randomWeights(1, 3)).toEqual(randomWeights(1, 17).slice(0, 3));
});
