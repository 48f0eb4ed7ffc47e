import { Random } from "@handgrad/tensor";
import { expect, it } from "vitest";
import { glorotUniform, heNormal, zeros } from "./initializers.js";

const shape = [200, 300] as const;

it("heNormal has mean 0 and variance 2/fanIn, within four standard errors", () => {
  const { data } = heNormal(shape, new Random(1), "float64");
  const n = data.length;
  const variance = data.reduce((a, b) => a + b * b, 0) / n;
  expect(Math.abs(data.reduce((a, b) => a + b, 0) / n)).toBeLessThan(4 * Math.sqrt(2 / 200 / n));
  expect(Math.abs(variance / (2 / 200) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
});

it("glorotUniform fills ±√(6/(fanIn + fanOut)) and nothing beyond", () => {
  const { data } = glorotUniform(shape, new Random(2), "float64");
  const limit = Math.sqrt(6 / 500);
  const greatest = data.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  expect(greatest).toBeLessThanOrEqual(limit);
  expect(greatest).toBeGreaterThan(0.999 * limit);
});

it("zeros, and the same values in both dtypes", () => {
  expect(zeros([2, 2], new Random(1), "float32").data).toEqual(new Float32Array(4));
  const double = heNormal([3, 3], new Random(3), "float64").data;
  expect(heNormal([3, 3], new Random(3), "float32").data).toEqual(Float32Array.from(double));
});
