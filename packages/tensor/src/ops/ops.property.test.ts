import * as fc from "fast-check";
import { normals, propertyRuns, uniforms } from "testing";
import { describe, expect, it } from "vitest";
import { allocate, type DType, type FloatDType } from "../dtype.js";
import type { Shape } from "../shape.js";
import { fromData, type Matrix, type Tensor } from "../tensor.js";
import { add, maximum, mul, sub } from "./elementwise.js";
import { gatherRows, sliceRows, transpose } from "./layout.js";
import { matmul } from "./matmul.js";
import { argmax, max, mean, sum, variance } from "./reduce.js";

const floats = fc.constantFrom<FloatDType[]>("float32", "float64");
const seeds = fc.nat();

function tensorOf<D extends DType>(dtype: D, shape: Shape, values: ArrayLike<number>): Tensor<Shape, D> {
  const data = allocate(dtype, values.length);
  data.set(values);
  return fromData(data as Float64Array, shape) as Tensor<Shape, DType> as Tensor<Shape, D>;
}

/** Normal numbers of many sizes, some of them zero: the engine skips zeros, and sums in another order would show. */
function matrixOf(dtype: FloatDType, rows: number, columns: number, seed: number) {
  const sizes = uniforms(seed + 1, rows * columns, { min: -8, max: 8 });
  const values = normals(seed, rows * columns).map((z, i) =>
    sizes[i] > 5 ? 0 : z * 2 ** Math.round(sizes[i]),
  );
  return tensorOf(dtype, [rows, columns], values) as Matrix<number, number, FloatDType>;
}

describe("matmul, bit for bit,", () => {
  const sizes = fc.integer({ min: 0, max: 19 });
  const cases = [floats, sizes, sizes, sizes, seeds] as const;

  it("is the definition: sums in the order of k, each product and each sum rounded to the dtype", () => {
    fc.assert(
      fc.property(...cases, (dtype, m, k, n, seed) => {
        const a = matrixOf(dtype, m, k, seed);
        const b = matrixOf(dtype, k, n, seed + 7);
        const expected = allocate(dtype, m * n);
        for (let at = 0; at < m * n; at++) {
          for (let p = 0; p < k; p++) {
            const product = a.data[Math.floor(at / n) * k + p] * b.data[p * n + (at % n)];
            expected[at] += dtype === "float32" ? Math.fround(product) : product;
          }
        }
        expect(matmul(a, b).data).toEqual(expected);
      }),
      propertyRuns(200),
    );
  });

  it("is the same whichever operand is stored transposed, and transposed itself: (a·b)ᵀ = bᵀ·aᵀ", () => {
    fc.assert(
      fc.property(...cases, (dtype, m, k, n, seed) => {
        const a = matrixOf(dtype, m, k, seed);
        const b = matrixOf(dtype, k, n, seed + 7);
        const product = matmul(a, b);
        const [at, bt] = [transpose(a), transpose(b)];
        expect(matmul(at, b, { transposeA: true })).toEqual(product);
        expect(matmul(a, bt, { transposeB: true })).toEqual(product);
        expect(matmul(at, bt, { transposeA: true, transposeB: true })).toEqual(product);
        expect(transpose(matmul(bt, at))).toEqual(product);
      }),
      propertyRuns(200),
    );
  });

  it("gives a row, or rows in another order, the same bits as in the batch", () => {
    fc.assert(
      fc.property(...cases, (dtype, m, k, n, seed) => {
        const a = matrixOf(dtype, m + 1, k, seed);
        const b = matrixOf(dtype, k, n, seed + 7);
        const product = matmul(a, b);
        const i = seed % (m + 1);
        const row = sliceRows(a, i, i + 1) as typeof a;
        expect(matmul(row, b).data).toEqual(sliceRows(product, i, i + 1).data);
        const turned = Array.from({ length: m + 1 }, (_, at) => (at + i) % (m + 1));
        expect(matmul(gatherRows(a, turned) as typeof a, b).data).toEqual(gatherRows(product, turned).data);
      }),
      propertyRuns(200),
    );
  });
});

const operations = {
  add: [add, (a: number, b: number) => a + b],
  sub: [sub, (a: number, b: number) => a - b],
  mul: [mul, (a: number, b: number) => a * b],
  maximum: [maximum, Math.max],
} as const;

/** Two shapes that broadcast: one shape, of which either operand may lack leading axes or repeat any. */
const broadcastable = fc.array(fc.nat({ max: 4 }), { maxLength: 4 }).chain((shape) => {
  const operand = fc
    .tuple(fc.nat({ max: shape.length }), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }))
    .map(([missing, repeats]) => shape.slice(missing).map((length, axis) => (repeats[axis] ? 1 : length)));
  return fc.tuple(operand, operand);
});

describe("broadcasting", () => {
  it("is what the indices say, bit for bit, for every operation and dtype", () => {
    const dtypes = fc.constantFrom<DType[]>("float32", "float64", "int32", "uint8");
    const names = fc.constantFrom(...(Object.keys(operations) as (keyof typeof operations)[]));
    fc.assert(
      fc.property(broadcastable, dtypes, names, seeds, ([aShape, bShape], dtype, name, seed) => {
        const make = (shape: Shape, k: number) => {
          const length = shape.reduce((product, axis) => product * axis, 1);
          return tensorOf(dtype, shape, uniforms(2 * seed + k, length, { min: -300, max: 300 }));
        };
        const [a, b] = [make(aShape, 0), make(bShape, 1)];
        const [operation, naive] = operations[name];
        const result = operation(a, b as never) as Tensor<Shape, DType>;

        const axes = Math.max(aShape.length, bShape.length);
        const axisOf = (shape: Shape, axis: number) => shape[axis - axes + shape.length] ?? 1;
        const shape = Array.from({ length: axes }, (_, axis) => {
          const [m, n] = [axisOf(aShape, axis), axisOf(bShape, axis)];
          return m === 1 ? n : m;
        });
        expect(result.shape).toEqual(shape);
        const expected = allocate(dtype, result.data.length);
        for (let at = 0; at < expected.length; at++) {
          // The multi-index of `at`, and from it the position in either operand.
          const position = (of: Shape) => {
            let rest = at;
            let stride = 1;
            let from = 0;
            for (let axis = axes - 1; axis >= 0; axis--) {
              const index = rest % shape[axis];
              rest = Math.floor(rest / shape[axis]);
              if (axisOf(of, axis) > 1) from += index * stride;
              stride *= axisOf(of, axis);
            }
            return from;
          };
          expected[at] = naive(a.data[position(aShape)], b.data[position(bShape)]);
        }
        expect(result.data).toEqual(expected);
      }),
      propertyRuns(400),
    );
  });
});

describe("reductions", () => {
  it("are the definitions along any axis", () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(shapes, fc.nat(), floats, seeds, (shape, pick, dtype, seed) => {
        const axis = pick % shape.length;
        const length = shape[axis];
        const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
        const x = tensorOf(
          dtype,
          shape,
          normals(
            seed,
            shape.reduce((product, size) => product * size, 1),
          ),
        );
        const columns = Array.from({ length: x.data.length / length }, (_, at) => {
          const from = Math.floor(at / inner) * length * inner + (at % inner);
          return Array.from({ length }, (_, l) => x.data[from + l * inner]);
        });
        const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
        const average = (values: readonly number[]) => total(values) / length;
        const spread = (values: readonly number[]) =>
          average(values.map((value) => (value - average(values)) ** 2));

        const rounded = (values: readonly number[]) => tensorOf(dtype, [values.length], values).data;
        expect(sum(x, axis).data).toEqual(rounded(columns.map(total)));
        expect(max(x, axis).data).toEqual(rounded(columns.map((values) => Math.max(...values))));
        expect([...argmax(x, axis).data]).toEqual(
          columns.map((values) => values.indexOf(Math.max(...values))),
        );
        // Sums of at most six terms of the order of 1, whose mean and variance are corrected here and not there.
        const tolerance = dtype === "float32" ? { atol: 2e-7, rtol: 2e-7 } : { atol: 4e-15, rtol: 4e-15 };
        expect(mean(x, axis).data).toBeAllClose(columns.map(average), tolerance);
        expect(variance(x, axis).data).toBeAllClose(columns.map(spread), tolerance);
      }),
      propertyRuns(300),
    );
  });

  it("mean and variance keep their digits at any offset", () => {
    // Whole numbers around an offset up to 2⁵⁰: both are exact in float64, where x² would need twice the digits.
    const offsets = fc.integer({ min: 0, max: 50 }).map((k) => 2 ** k);
    const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(numbers, offsets, (whole, offset) => {
        const n = whole.length;
        const total = whole.reduce((sum, value) => sum + value, 0);
        const squares = whole.reduce((sum, value) => sum + value * value, 0);
        const expected = (n * squares - total * total) / (n * n); // integers below 2⁵³: one rounding
        const x = tensorOf(
          "float64",
          [n],
          whole.map((value) => offset + value),
        );
        // n sums of squared distances from a first mean, which is itself off by up to n·u·offset, and then taken back.
        const u = 2 ** -53;
        const first = n * u * offset;
        const atol = (n + 8) * u * (expected + first * first);
        expect(variance(x, 0)).toBeAllClose(expected, { atol, rtol: 0 });
        expect(mean(x, 0)).toBeAllClose(offset + total / n, {
          atol: (n + 8) * u * Math.sqrt(expected + first * first),
          rtol: 2 * u, // two roundings at the end, here and there
        });
      }),
      propertyRuns(200),
    );
  });
});
