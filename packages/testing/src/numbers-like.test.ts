import { expect, test } from "vitest";
import { flatten, type NumbersLike } from "./numbers-like.js";

test.each<[string, NumbersLike, number[], number[] | undefined]>([
  ["a number", 3, [3], []],
  ["a tensor", { shape: [1, 2], data: Float64Array.of(3, 4) }, [3, 4], [1, 2]],
  ["a flat array", [3, 4], [3, 4], undefined],
  ["an empty array", [], [], undefined],
  ["a typed array", Int32Array.of(3, 4), [3, 4], undefined],
  [
    "rows",
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    [1, 2, 3, 4, 5, 6],
    [2, 3],
  ],
  ["rows of rows", [[[1], [2]]], [1, 2], [1, 2, 1]],
  ["empty rows", [[], []], [], [2, 0]],
])("%s", (_, value, numbers, shape) => {
  const flat = flatten(value);
  expect({ numbers: Array.from(flat.numbers), shape: flat.shape }).toEqual({ numbers, shape });
});

test("float32 is known by its array", () => {
  expect(flatten({ shape: [1], data: Float32Array.of(1) }).isFloat32).toBe(true);
  expect(flatten(Float32Array.of(1)).isFloat32).toBe(true);
  for (const value of [1, [1], [[1]], Float64Array.of(1), { shape: [1], data: Float64Array.of(1) }]) {
    expect(flatten(value).isFloat32).toBe(false);
  }
});

test.each([
  [[[1, 2], [3]], "[2, 2]"],
  [[[1], 2], "[2, 1]"],
  [[1, [2]], "[2]"],
])("uneven rows: %j", (value, shape) => {
  expect(() => flatten(value as NumbersLike)).toThrow(
    new TypeError(`toBeAllClose: nested arrays must be even, like their first rows: ${shape}`),
  );
});

test.each([
  [undefined, "undefined"],
  [null, "null"],
  ["1", "1"],
  [{}, "[object Object]"],
])("no numbers: %j", (value, text) => {
  expect(() => flatten(value as unknown as NumbersLike)).toThrow(
    new TypeError(`toBeAllClose: takes tensors, arrays and numbers, got ${text}`),
  );
});
