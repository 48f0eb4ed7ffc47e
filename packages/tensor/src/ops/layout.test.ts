import { describe, expect, it } from "vitest";
import { type Tensor, tensor, zeros } from "../tensor.js";
import { gatherRows, oneHot, reshape, sliceRows, transpose } from "./layout.js";

const x = tensor([
  [1, 2, 3],
  [4, 5, 6],
]);

it("reshape shares its data", () => {
  const y = reshape(x, [3, 2]);
  expect(y.shape).toEqual([3, 2]);
  expect(y.data).toBe(x.data);
  expect(() => reshape(x, [4])).toThrow("reshape: [2, 3] has 6 elements, [4] has 4");
});

it("transpose copies", () => {
  expect([...transpose(x).data]).toEqual([1, 4, 2, 5, 3, 6]);
  expect(transpose(zeros([0, 3])).shape).toEqual([3, 0]);
  expect(() => transpose(zeros([2]) as Tensor as Tensor<readonly [number, number]>)).toThrow(
    "transpose: x must be [N, N], got [2] (1 axis, not 2)",
  );
});

describe("sliceRows", () => {
  it("copies rows of any rank", () => {
    const slice = sliceRows(x, 1);
    expect([...slice.data]).toEqual([4, 5, 6]);
    slice.data[0] = 9;
    expect(x.data[3]).toBe(4);
    expect(sliceRows(x, 1, 1).shape).toEqual([0, 3]);
    expect(sliceRows(zeros([4, 2, 2], "uint8"), 1, 3).shape).toEqual([2, 2, 2]);
    expect([...sliceRows(tensor([7, 8, 9]), 0, 2).data]).toEqual([7, 8]);
  });

  it("refuses what is no range of rows", () => {
    expect(() => sliceRows(x, 1, 3)).toThrow(
      "sliceRows: start and end must satisfy 0 <= start <= end <= 2, got 1 and 3",
    );
    expect(() => sliceRows(x, -1)).toThrow("got -1 and 2");
    expect(() => sliceRows(tensor(1), 0)).toThrow("sliceRows: x must have rows, got a scalar");
  });
});

describe("gatherRows", () => {
  it("takes rows in any order, more than once, by array or tensor", () => {
    expect([...gatherRows(x, [1, 0, 1]).data]).toEqual([4, 5, 6, 1, 2, 3, 4, 5, 6]);
    expect([...gatherRows(tensor([5, 6, 7], "int32"), tensor([2, 2], "int32")).data]).toEqual([7, 7]);
    expect(gatherRows(x, []).shape).toEqual([0, 3]);
  });

  it("refuses an index that is no row", () => {
    expect(() => gatherRows(x, [0, 2])).toThrow("gatherRows: index 1 must be a row from 0 to 1, got 2");
    expect(() => gatherRows(x, [0.5])).toThrow("gatherRows: index 0 must be a row from 0 to 1, got 0.5");
  });
});

it("oneHot puts a 1 at each label", () => {
  expect([...oneHot([2, 0], 3).data]).toEqual([0, 0, 1, 1, 0, 0]);
  expect(oneHot(tensor([1], "uint8"), 2, "float64").data).toEqual(Float64Array.of(0, 1));
  expect(() => oneHot([3], 3)).toThrow("oneHot: label 0 must be an integer from 0 to 2, got 3");
});
