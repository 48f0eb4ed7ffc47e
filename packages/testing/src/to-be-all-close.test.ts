import { describe, expect, test } from "vitest";
import "./to-be-all-close.js";
import type { NumbersLike } from "./numbers-like.js";

const tensor = (shape: number[], ...numbers: number[]) => ({ shape, data: Float64Array.from(numbers) });

describe("passes", () => {
  test.each<[string, NumbersLike, NumbersLike]>([
    ["tensors", tensor([2, 1], 1, 2), tensor([2, 1], 1, 2)],
    ["a tensor and rows", tensor([2, 1], 1, 2), [[1], [2]]],
    ["a tensor and a flat array", tensor([2, 1], 1, 2), [1, 2]],
    ["a typed array and an array", Float32Array.of(1, 2), [1, 2]],
    ["numbers", 2, 2],
    ["a scalar tensor and a number", tensor([], 2), 2],
    ["empty arrays", [], new Float64Array(0)],
    ["equal infinities", [Number.POSITIVE_INFINITY], [Number.POSITIVE_INFINITY]],
  ])("%s", (_, actual, expected) => {
    expect(actual).toBeAllClose(expected);
    expect(expected).toBeAllClose(actual);
  });
});

describe("fails", () => {
  test.each<[string, NumbersLike, NumbersLike]>([
    ["a wrong number", [1, 2], [1, 2.1]],
    ["another length", [1, 2], [1, 2, 3]],
    ["NaN, on both sides", [Number.NaN], [Number.NaN]],
    ["opposite infinities", [Number.POSITIVE_INFINITY], [Number.NEGATIVE_INFINITY]],
    ["another shape", tensor([2, 1], 1, 2), tensor([1, 2], 1, 2)],
    ["a number for a tensor of one element", tensor([1], 2), 2],
  ])("%s", (_, actual, expected) => {
    expect(actual).not.toBeAllClose(expected);
    expect(expected).not.toBeAllClose(actual);
  });
});

describe("tolerance", () => {
  test("is 1e-12 in float64, 1e-5 where either side is float32", () => {
    expect([1 + 1e-12]).toBeAllClose([1]);
    expect([1 + 3e-12]).not.toBeAllClose([1]);
    expect([3e-12]).not.toBeAllClose([0]);
    expect([1 + 1e-5]).toBeAllClose(Float32Array.of(1));
    expect(Float32Array.of(1)).toBeAllClose([1 + 1e-5]);
    expect([1 + 3e-5]).not.toBeAllClose(Float32Array.of(1));
  });

  test("either number is overridden by itself", () => {
    expect([0.5]).toBeAllClose([0], { atol: 0.5 });
    expect([0.5]).not.toBeAllClose([0], { rtol: 0.5 });
    expect([3]).toBeAllClose([2], { rtol: 0.5 });
    expect([1 + 1e-13]).not.toBeAllClose([1], { atol: 0, rtol: 0 });
  });
});

describe("messages", () => {
  const messageOf = (act: () => void): string => {
    try {
      act();
    } catch (error) {
      if (error instanceof Error) return error.message;
    }
    throw new Error("the expectation held");
  };

  test("a wrong number, by its multi-index, whichever side has the shape", () => {
    const message = [
      "1 of 4 elements are outside atol 0.25 + rtol 0·|expected|",
      "worst at  [1, 0]",
      "actual    3.5",
      "expected  3",
      "error     5.00e-1",
      "bound     2.50e-1, used 2.00 times",
    ].join("\n");
    const tolerance = { atol: 0.25, rtol: 0 };
    const rows = [
      [1, 2],
      [3, 4],
    ];
    expect(messageOf(() => expect(tensor([2, 2], 1, 2, 3.5, 4)).toBeAllClose([1, 2, 3, 4], tolerance))).toBe(
      message,
    );
    expect(messageOf(() => expect([1, 2, 3.5, 4]).toBeAllClose(rows, tolerance))).toBe(message);
    expect(messageOf(() => expect([1, 2, 3.5, 4]).toBeAllClose([1, 2, 3, 4], tolerance))).toBe(
      message.replace("[1, 0]", "2"),
    );
  });

  test("shapes and lengths", () => {
    expect(messageOf(() => expect(tensor([2, 1], 1, 2)).toBeAllClose([[1, 2]]))).toBe(
      "shapes differ: got [2, 1], expected [1, 2]",
    );
    expect(messageOf(() => expect(tensor([2, 1], 1, 2)).toBeAllClose([1]))).toBe(
      "lengths differ: got 2 numbers, expected 1",
    );
  });

  test("a match that was not wanted", () => {
    expect(messageOf(() => expect([2]).not.toBeAllClose([1], { atol: 2, rtol: 0 }))).toBe(
      [
        "expected a difference, but 0 of 1 elements are outside atol 2 + rtol 0·|expected|",
        "worst at  0",
        "actual    2",
        "expected  1",
        "error     1.00e+0",
        "bound     2.00e+0, used 0.500 times",
      ].join("\n"),
    );
  });

  test("what it cannot compare", () => {
    expect(messageOf(() => expect("1").toBeAllClose([1]))).toBe(
      "toBeAllClose: takes tensors, arrays and numbers, got 1",
    );
  });
});

test("types: the expected side and the tolerance are checked", () => {
  // @ts-expect-error a string is no number
  expect(() => expect([1]).toBeAllClose("1")).toThrow(TypeError);
  // @ts-expect-error there is no such tolerance
  expect([1]).toBeAllClose([1], { absolute: 1 });
});
