import { describe, expect, it } from "vitest";
import { DTypeError, ShapeError } from "../errors.js";
import { ones, type Tensor, tensor, zeros } from "../tensor.js";
import { add, cast, div, exp, log, maximum, mul, sqrt, sub } from "./elementwise.js";

describe("arithmetic", () => {
  it("computes elementwise, against numbers too", () => {
    const a = tensor([1, 2, 3]);
    const b = tensor([4, 8, -16]);
    expect([...add(a, b).data]).toEqual([5, 10, -13]);
    expect([...sub(a, b).data]).toEqual([-3, -6, 19]);
    expect([...mul(a, b).data]).toEqual([4, 16, -48]);
    expect([...div(b, a).data]).toEqual([4, 4, Math.fround(-16 / 3)]);
    expect([...maximum(a, b).data]).toEqual([4, 8, 3]);
    expect([...mul(a, 0.5).data]).toEqual([0.5, 1, 1.5]);
    expect(maximum(tensor([Number.NaN]), 1).data[0]).toBeNaN();
  });

  it("broadcasts rows, columns, both, scalars and missing axes", () => {
    const m = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect([...add(m, tensor([10, 20, 30])).data]).toEqual([11, 22, 33, 14, 25, 36]);
    expect([...add(m, tensor([[10], [20]])).data]).toEqual([11, 12, 13, 24, 25, 26]);
    const grid = mul(tensor([[1], [2]]), tensor([[3, 4, 5]]));
    expect(grid.shape).toEqual([2, 3]);
    expect([...grid.data]).toEqual([3, 4, 5, 6, 8, 10]);
    expect([...sub(tensor(1), m).data]).toEqual([0, -1, -2, -3, -4, -5]);
    const cube = add(ones([2, 1, 1]), m);
    expect(cube.shape).toEqual([2, 2, 3]);
    expect([...cube.data]).toEqual([2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6, 7]);
  });

  it("keeps empty tensors empty", () => {
    expect(add(zeros([0, 3]), ones([3])).shape).toEqual([0, 3]);
    expect(add(zeros([0]), 1).data.length).toBe(0);
  });

  it("computes for all sizes around SIMD tails", () => {
    for (const size of [0, 1, 2, 3, 4, 5, 17]) {
      const a = tensor(Array.from({ length: size }, (_, i) => i - 2));
      const b = tensor(Array.from({ length: size }, (_, i) => 3 * i + 1));
      expect([...add(a, b).data]).toEqual([...a.data].map((value, i) => value + b.data[i]));
      expect([...maximum(a, 0).data]).toEqual([...a.data].map((value) => Math.max(value, 0)));
      expect([...sqrt(b).data]).toEqual([...b.data].map((value) => Math.fround(Math.sqrt(value))));
    }
  });

  it("refuses a number that the dtype cannot hold", () => {
    expect(() => maximum(tensor([3], "uint8"), -1)).toThrow("maximum: -1 is no uint8");
    expect(() => mul(tensor([10], "int32"), 0.5)).toThrow("mul: 0.5 is no int32");
    expect(() => mul(tensor([0]), 1e39)).toThrow("mul: 1e+39 is no float32");
    expect(() => div(tensor([0]), 1e-46)).toThrow("div: 1e-46 is no float32");
    expect(add(tensor([0]), Number.POSITIVE_INFINITY).data[0]).toBe(Number.POSITIVE_INFINITY);
    expect(mul(tensor([3]), 0.1).data[0]).toBe(Math.fround(3 * Math.fround(0.1)));
  });

  it("wraps integers", () => {
    expect([...add(tensor([250], "uint8"), 10).data]).toEqual([4]);
    expect([...mul(tensor([123456789], "int32"), tensor([987654321], "int32")).data]).toEqual([
      Math.imul(123456789, 987654321),
    ]);
  });

  it("names shapes and dtypes that do not fit", () => {
    const a: Tensor = zeros([2, 3]);
    const b: Tensor = zeros([2]);
    expect(() => add(a, b)).toThrow(
      new ShapeError("add: shapes [2, 3] and [2] do not broadcast (axis 1: 3 and 2)"),
    );
    expect(() => mul(a, zeros([2, 3], "float64") as unknown as Tensor)).toThrow(
      new DTypeError("mul: both tensors must have the same dtype, got float32 and float64"),
    );
    expect(() => div(zeros([1], "int32") as unknown as Tensor, 2)).toThrow(
      "div: dtype must be float32 or float64, got int32",
    );
  });
});

it("exp, log and sqrt", () => {
  const x = tensor([0, 1, 4], "float64");
  expect(exp(x).data[1]).toBeCloseTo(Math.E, 14);
  expect([...log(x).data]).toEqual([Number.NEGATIVE_INFINITY, 0, Math.log(4)]);
  expect([...sqrt(x).data]).toEqual([0, 1, 2]);
  expect(sqrt(tensor([-1])).data[0]).toBeNaN();
  expect(() => exp(zeros([1], "uint8") as unknown as Tensor)).toThrow(
    "exp: dtype must be float32 or float64, got uint8",
  );
});

it("cast truncates and wraps as typed arrays do", () => {
  expect([...cast(tensor([1.7, -1.7, 257]), "uint8").data]).toEqual([1, 255, 1]);
  expect(cast(tensor([1, 2], "int32"), "float64").data).toEqual(Float64Array.of(1, 2));
});
