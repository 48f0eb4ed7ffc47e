import { describe, expect, test } from "vitest";
import { compareNumbers, toleranceUsed } from "./compare.js";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

describe("toleranceUsed", () => {
  test.each([
    ["equal numbers", 3, 3, 0, 0, 0],
    ["half of atol", 1.25, 1, 0.5, 0, 0.5],
    ["exactly at the bound of atol", 1.5, 1, 0.5, 0, 1],
    ["exactly at the bound of rtol", 5, 4, 0, 0.25, 1],
    ["atol and rtol together", 6, 4, 1, 0.25, 1],
    ["rtol is relative to the expected side", 4, 5, 0, 0.25, 0.8],
    ["no tolerance, not equal", 1, 2, 0, 0, inf],
    ["−0 and 0", -0, 0, 0, 0, 0],
    ["NaN and NaN", nan, nan, 1, 1, inf],
    ["NaN and a number", nan, 1, 1, 1, inf],
    ["a number and NaN", 1, nan, 1, 1, inf],
    ["the same infinity", inf, inf, 0, 0, 0],
    ["opposite infinities", inf, -inf, 1, 1, inf],
    ["a number where an infinity is expected", 1, inf, 1, 1, inf],
    ["an infinity where a number is expected", inf, 1, 1, 1, inf],
    ["a difference that overflows", 1e308, -1e308, 0, 10, inf],
  ])("%s", (_, actual, expected, atol, rtol, used) => {
    expect(toleranceUsed(actual, expected, { atol, rtol })).toBe(used);
  });

  test.each([5e-324, 1e-300, 0.1, 1 / 3, 1, 7e5, 1e300])(
    "is above 1 from the first float above %d",
    (bound) => {
      const above = Math.max(bound * (1 + Number.EPSILON), bound + 5e-324);
      expect(toleranceUsed(bound, 0, { atol: bound, rtol: 0 })).toBe(1);
      expect(toleranceUsed(above, 0, { atol: bound, rtol: 0 })).toBeGreaterThan(1);
    },
  );
});

describe("compareNumbers", () => {
  test("names the element that used most of its tolerance, which need not have the largest error", () => {
    const comparison = compareNumbers([1.5, 1000, 2], [1, 1002, 2], { atol: 0.25, rtol: 0.01 });
    expect(comparison).toMatchObject({ pass: false, outside: 1 });
    expect(comparison.used).toBeCloseTo(0.5 / 0.26, 12);
    expect(comparison.worst).toEqual({ index: 0, actual: 1.5, expected: 1, error: 0.5, bound: 0.26 });
  });

  test("of equals it names the first, and exactly at the bound is not outside", () => {
    const { pass, used, outside, worst } = compareNumbers([1, 1.5, 1.5], [1, 1, 1], { atol: 0.5, rtol: 0 });
    expect({ pass, used, outside, index: worst?.index }).toEqual({
      pass: true,
      used: 1,
      outside: 0,
      index: 1,
    });
  });

  test("says how much of the tolerance was used where it passes", () => {
    const { pass, used, outside } = compareNumbers([1, 2.25], [1, 2], { atol: 0.5, rtol: 0 });
    expect({ pass, used, outside }).toEqual({ pass: true, used: 0.5, outside: 0 });
  });

  test.each([1, 2, 3, 4, 5, 17])("finds one wrong number among %i, wherever it is", (size) => {
    for (let at = 0; at < size; at++) {
      const actual = new Float64Array(size);
      actual[at] = 1;
      const { pass, worst, outside } = compareNumbers(actual, new Float64Array(size), { atol: 0.5, rtol: 0 });
      expect({ pass, index: worst?.index, outside }).toEqual({ pass: false, index: at, outside: 1 });
    }
  });

  test("a NaN on either side or both fails and is the worst", () => {
    for (const [actual, expected] of [
      [nan, 1],
      [1, nan],
      [nan, nan],
    ]) {
      const { pass, used, worst } = compareNumbers([9, actual, 9], [9, expected, 8], { atol: 1e9, rtol: 0 });
      expect({ pass, used, index: worst?.index, error: worst?.error }).toEqual({
        pass: false,
        used: inf,
        index: 1,
        error: nan,
      });
    }
  });

  test("equal infinities have no error", () => {
    const { pass, worst } = compareNumbers([inf], [inf], { atol: 0, rtol: 0 });
    expect({ pass, error: worst?.error }).toEqual({ pass: true, error: 0 });
  });

  test("two empty runs match", () => {
    expect(compareNumbers([], new Float32Array(0), { atol: 0, rtol: 0 })).toEqual({
      pass: true,
      used: 0,
      worst: undefined,
      outside: 0,
      message: "both are empty",
    });
  });

  test("runs of different length do not", () => {
    expect(compareNumbers([1, 2], [1, 2, 3], { atol: 9, rtol: 9 })).toEqual({
      pass: false,
      used: inf,
      worst: undefined,
      outside: 0,
      message: "lengths differ: got 2 numbers, expected 3",
    });
  });

  test("the message, with and without a shape", () => {
    const options = { atol: 0.25, rtol: 0 };
    const { message } = compareNumbers([1, 2, 3, 4, 5, 7], [1, 2, 3, 3, 5, 6.5], options);
    expect(message).toBe(
      [
        "2 of 6 elements are outside atol 0.25 + rtol 0·|expected|",
        "worst at  3",
        "actual    4",
        "expected  3",
        "error     1.00e+0",
        "bound     2.50e-1, used 4.00 times",
      ].join("\n"),
    );
    const shaped = compareNumbers([1, 2, 3, 4, 5, 7], [1, 2, 3, 3, 5, 6.5], { ...options, shape: [2, 3] });
    expect(shaped.message).toBe(message.replace("worst at  3", "worst at  [1, 0]"));
  });

  test.each([
    [{ atol: -1, rtol: 0 }, "compareNumbers: atol must be finite and not negative, got -1"],
    [{ atol: 0, rtol: nan }, "compareNumbers: rtol must be finite and not negative, got NaN"],
    [{ atol: 0, rtol: inf }, "compareNumbers: rtol must be finite and not negative, got Infinity"],
  ])("refuses the tolerance %o", (tolerance, message) => {
    expect(() => compareNumbers([1], [1], tolerance)).toThrow(new RangeError(message));
  });
});
