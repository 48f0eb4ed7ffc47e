import { Random } from "@handgrad/tensor";
import { expect, it } from "vitest";
import { Dense } from "./dense.js";
import {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  normal,
  ones,
  uniform,
  zeros,
} from "./initializers.js";
import { initializers } from "./named-initializers.js";

const shape = [200, 300] as const;

it.each([
  ["heNormal", heNormal, 2 / 200],
  ["glorotNormal", glorotNormal, 2 / 500],
  ["lecunNormal", lecunNormal, 1 / 200],
  ["normal", normal({ deviation: 3 }), 9],
])("%s has mean 0 and its variance, within four standard errors", (_, initializer, expected) => {
  const { data } = initializer(shape, new Random(1), "float64");
  const n = data.length;
  const variance = data.reduce((a, b) => a + b * b, 0) / n;
  expect(Math.abs(data.reduce((a, b) => a + b, 0) / n)).toBeLessThan(4 * Math.sqrt(expected / n));
  expect(Math.abs(variance / expected - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
});

it.each([
  ["heUniform", heUniform, Math.sqrt(6 / 200)],
  ["glorotUniform", glorotUniform, Math.sqrt(6 / 500)],
  ["uniform", uniform({ limit: 3 }), 3],
])("%s fills its limits on both sides, and nothing beyond", (_, initializer, limit) => {
  const { data } = initializer(shape, new Random(2), "float64");
  const greatest = data.reduce((a, b) => Math.max(a, b), 0);
  const least = data.reduce((a, b) => Math.min(a, b), 0);
  for (const end of [greatest, -least]) {
    expect(end).toBeLessThanOrEqual(limit);
    expect(end).toBeGreaterThan(0.999 * limit);
  }
});

it("zeros, ones, and the same values in both dtypes", () => {
  expect(zeros([2, 2], new Random(1), "float32").data).toEqual(new Float32Array(4));
  expect(ones([1, 2], new Random(1), "float32").data).toEqual(Float32Array.of(1, 1));
  for (const initializer of Object.values(initializers)) {
    const double = initializer([3, 3], new Random(3), "float64").data;
    expect(initializer([3, 3], new Random(3), "float32").data).toEqual(Float32Array.from(double));
  }
});

it("a layer takes each of them by name", () => {
  expect(Object.keys(initializers)).toEqual([
    "glorotNormal",
    "glorotUniform",
    "heNormal",
    "heUniform",
    "lecunNormal",
    "ones",
    "orthogonal",
    "zeros",
  ]);
  for (const init of Object.values(initializers)) {
    expect(new Dense(3, 5, { init }).params.weight.value.shape).toEqual([3, 5]);
  }
});

it("refuses a spread that is none", () => {
  for (const bad of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => normal({ deviation: bad })).toThrow(
      new RangeError(`normal: deviation must be a number of at least 0, got ${bad}`),
    );
    expect(() => uniform({ limit: bad })).toThrow(
      new RangeError(`uniform: limit must be a number of at least 0, got ${bad}`),
    );
  }
});
