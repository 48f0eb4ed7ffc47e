import { describe, expect, it } from "vitest";
import { inspectTensor } from "./inspect.js";
import { clone, fromData, full, ones, tensor, zeros } from "./tensor.js";

describe("tensor", () => {
  it("reads nested arrays row by row into float32", () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(x.shape).toEqual([2, 3]);
    expect(x.dtype).toBe("float32");
    expect(x.data).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
  });

  it("makes scalars, empty tensors and other dtypes", () => {
    expect(tensor(3).shape).toEqual([]);
    expect(tensor([]).shape).toEqual([0]);
    expect(tensor([[[1], [2]]], "float64").data).toEqual(Float64Array.of(1, 2));
    expect(tensor([255, 0], "uint8").data).toEqual(Uint8Array.of(255, 0));
    expect(tensor([2 ** 31 - 1, -0], "int32").data).toEqual(Int32Array.of(2 ** 31 - 1, 0));
  });

  it("refuses numbers that an integer dtype cannot hold, and rounds to a floating one", () => {
    expect(() => tensor([[0], [300]], "uint8")).toThrow(
      new RangeError("tensor: element [1][0] must be a number that uint8 can hold, got 300"),
    );
    expect(() => tensor(-1, "uint8")).toThrow(
      "tensor: element [] must be a number that uint8 can hold, got -1",
    );
    for (const value of [1.5, Number.NaN, 2 ** 31]) {
      const expected = `must be a number that int32 can hold, got ${value}`;
      expect(() => tensor([value], "int32")).toThrow(`tensor: element [0] ${expected}`);
      expect(() => full([2], value, "int32")).toThrow(`full: value ${expected}`);
    }
    expect(tensor([0.1, Number.NaN]).data).toEqual(Float32Array.of(0.1, Number.NaN));
    expect(full([0], 1.5, "int32").shape).toEqual([0]);
  });

  it("names the row that is too short, and the element that is no number", () => {
    const ragged: number[][] = [[1, 2], [3]];
    expect(() => tensor(ragged)).toThrow("tensor: row [1] must be as long as the first, 2, got 1");
    expect(() => tensor([1, "2"] as unknown as number[])).toThrow(
      "tensor: element [1] must be a number, got string",
    );
    expect(() => tensor([1, [2]] as unknown as number[])).toThrow(
      "tensor: element [1] must be a number, got a row",
    );
    expect(() => tensor([[1], 2] as unknown as number[][])).toThrow(
      "tensor: row [1] must be as long as the first, 1, got number",
    );
  });

  it("refuses a dtype that does not exist", () => {
    expect(() => zeros([1], "float16" as "float32")).toThrow(
      "dtype must be one of float32, float64, int32, uint8, got float16",
    );
  });
});

describe("fromData", () => {
  it("uses a typed array as it is and takes the dtype from it", () => {
    const data = Int32Array.of(1, 2, 3, 4);
    const x = fromData(data, [2, 2]);
    expect(x.data).toBe(data);
    expect(x.dtype).toBe("int32");
    expect(fromData([1, 2], [2]).dtype).toBe("float32");
  });

  it("checks length, shape and kind", () => {
    expect(() => fromData(new Float32Array(3), [2, 2])).toThrow(
      "fromData: shape [2, 2] has 4 elements, got 3",
    );
    expect(() => fromData([1], [-1])).toThrow(
      "fromData: axis 0 of shape [-1] must be a non-negative integer",
    );
    expect(() => fromData([1], [2 ** 40, 2 ** 40])).toThrow("has too many elements");
    expect(() => fromData(new Int8Array(1) as unknown as Uint8Array, [1])).toThrow(
      "fromData: data must be a Float32Array, Float64Array, Int32Array, Uint8Array or an array of numbers",
    );
  });

  it("does not change with the caller's shape array", () => {
    const shape = [1, 2];
    const x = fromData([1, 2], shape);
    shape[0] = 9;
    expect(x.shape).toEqual([1, 2]);
  });
});

it("full, zeros, ones and clone", () => {
  expect(() => zeros([-1])).toThrow("zeros: axis 0 of shape [-1] must be a non-negative integer");
  expect(() => ones([0.5])).toThrow("ones: axis 0 of shape [0.5] must be a non-negative integer");
  expect(() => zeros(3 as never)).toThrow("zeros: shape must be an array, got 3");
  expect(full([2], 7).data).toEqual(Float32Array.of(7, 7));
  expect(zeros([0, 3]).data.length).toBe(0);
  const x = ones([1, 2], "float64");
  const copy = clone(x);
  copy.data[0] = 5;
  expect(x.data).toEqual(Float64Array.of(1, 1));
});

it("says so when a tensor does not fit into memory", () => {
  expect(() => zeros([2 ** 40])).toThrow(
    "a tensor of 1099511627776 elements of float32 does not fit into memory",
  );
});

describe("printing", () => {
  it("shows dtype, shape and aligned rows", () => {
    expect(
      inspectTensor(
        tensor([
          [1, 2.5],
          [-30, 0.123456],
        ]),
      ),
    ).toBe("Tensor float32 [2, 2]\n[[     1,    2.5],\n [   -30, 0.1235]]");
  });

  it("leaves out the middle of long axes, and shows NaN, scalars and nothing", () => {
    expect(
      inspectTensor(
        fromData(
          Float64Array.from({ length: 9 }, (_, i) => i),
          [9],
        ),
      ),
    ).toBe("Tensor float64 [9]\n[0, 1, 2, …, 6, 7, 8]");
    expect(inspectTensor(fromData(new Uint8Array(100), [100, 1])).split("\n")).toHaveLength(8);
    expect(inspectTensor(tensor(Number.NaN))).toBe("Tensor float32 []\nNaN");
    expect(inspectTensor(tensor([123456.7]))).toBe("Tensor float32 [1]\n[123457]");
    expect(inspectTensor(zeros([0, 3]))).toBe("Tensor float32 [0, 3]\n[]");
  });

  it("is what Node's console asks for", () => {
    const x = tensor([1]) as unknown as Record<symbol, () => string>;
    expect(x[Symbol.for("nodejs.util.inspect.custom")]()).toBe("Tensor float32 [1]\n[1]");
  });
});
