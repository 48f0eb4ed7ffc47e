import { expect, test } from "vitest";
import { formatIndex, formatShape, multiIndex } from "./indices.js";

test.each([
  [0, [], []],
  [4, [5], [4]],
  [5, [2, 3], [1, 2]],
  [3, [2, 3], [1, 0]],
  [23, [2, 3, 4], [1, 2, 3]],
  [13, [2, 3, 4], [1, 0, 1]],
])("position %i in shape %j is %j", (position, shape, index) => {
  expect(multiIndex(position, shape)).toEqual(index);
});

test("indices and shapes are written in brackets", () => {
  expect(formatIndex(5, [2, 3])).toBe("[1, 2]");
  expect(formatIndex(0, [])).toBe("[]");
  expect(formatShape([2, 3])).toBe("[2, 3]");
});
