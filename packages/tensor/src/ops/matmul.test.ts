import { describe, expect, it } from "vitest";
import type { FloatDType } from "../dtype.js";
import { Random } from "../random.js";
import { fromData, type Matrix, type Tensor, tensor, zeros } from "../tensor.js";
import { sliceRows, transpose } from "./layout.js";
import { matmul } from "./matmul.js";
import { normal } from "./random.js";

/** The definition: in the order of k, each product and each sum rounded to the dtype. */
function reference(a: Matrix<number, number, FloatDType>, b: Matrix<number, number, FloatDType>): number[] {
  const [m, k] = a.shape;
  const n = b.shape[1];
  return Array.from({ length: m * n }, (_, at) => {
    const round = a.dtype === "float32" ? Math.fround : (x: number) => x;
    let sum = 0;
    for (let p = 0; p < k; p++)
      sum = round(sum + round(a.data[Math.floor(at / n) * k + p] * b.data[p * n + (at % n)]));
    return sum;
  });
}

const sizes = [1, 2, 3, 4, 5, 17];

describe("matmul", () => {
  it("is the definition, bit for bit, for all sizes around the tiles, both dtypes and all transpose forms", () => {
    const rng = new Random(1);
    for (const dtype of ["float32", "float64"] as const) {
      for (const m of sizes) {
        for (const k of sizes) {
          for (const n of sizes) {
            const a = normal([m, k], rng, { dtype });
            const b = normal([k, n], rng, { dtype });
            const expected = reference(a, b);
            const at = transpose(a);
            const bt = transpose(b);
            expect([...matmul(a, b).data]).toEqual(expected);
            expect([...matmul(at, b, { transposeA: true }).data]).toEqual(expected);
            expect([...matmul(a, bt, { transposeB: true }).data]).toEqual(expected);
            expect([...matmul(at, bt, { transposeA: true, transposeB: true }).data]).toEqual(expected);
          }
        }
      }
    }
  });

  it("skips zeros without changing a bit", () => {
    const rng = new Random(2);
    const a = normal([6, 40], rng);
    for (let i = 0; i < a.data.length; i++) if (rng.uniform() < 0.8) a.data[i] = 0;
    const b = normal([40, 9], rng);
    expect([...matmul(a, b).data]).toEqual(reference(a, b));
  });

  it("does not skip a zero that meets NaN or an infinity", () => {
    const a = tensor([
      [0, 1],
      [0, 1],
    ]);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const b = tensor([
        [bad, 1],
        [1, 1],
      ]);
      expect([...matmul(a, b).data]).toEqual([Number.NaN, 1, Number.NaN, 1]);
    }
  });

  it("gives a row the same bits alone and in a batch", () => {
    const rng = new Random(3);
    const a = normal([7, 33], rng);
    const b = normal([33, 10], rng);
    const whole = matmul(a, b).data;
    for (let i = 0; i < 7; i++) {
      expect(matmul(sliceRows(a, i, i + 1), b).data).toEqual(whole.slice(10 * i, 10 * i + 10));
    }
  });

  it("multiplies empty matrices", () => {
    expect(matmul(zeros([0, 3]), zeros([3, 2])).shape).toEqual([0, 2]);
    expect([...matmul(zeros([2, 0]), zeros([0, 2])).data]).toEqual([0, 0, 0, 0]);
    expect(matmul(zeros([2, 3]), zeros([3, 0])).data.length).toBe(0);
  });

  it("names sizes, axes and dtypes that do not fit", () => {
    const a: Matrix = zeros([2, 3]);
    expect(() => matmul(a, a)).toThrow("matmul: inner sizes differ: [2, 3] · [2, 3] (3 and 2)");
    expect(() => matmul(a, a, { transposeA: true, transposeB: true })).toThrow(
      "matmul: inner sizes differ: [2, 3]ᵀ · [2, 3]ᵀ (2 and 3)",
    );
    expect(() => matmul(fromData([1], [1]) as Tensor as Matrix, a)).toThrow(
      "matmul: a must be [N, N], got [1] (1 axis, not 2)",
    );
    expect(() => matmul(a, zeros([3, 2], "float64") as unknown as Matrix)).toThrow(
      "matmul: both tensors must have the same dtype, got float32 and float64",
    );
    expect(() => matmul(zeros([1, 1], "int32") as unknown as Matrix, a)).toThrow(
      "matmul: dtype must be float32 or float64, got int32",
    );
  });
});
