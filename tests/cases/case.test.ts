import { describe, expect, it } from "vitest";
import { awaitExport, compareWithExpected, findExport, type Json, NotApplicable } from "./case.js";

describe("compareWithExpected", () => {
  const tolerance = { atol: 0.1, losses: { atol: 1 } };
  const compare = (actual: Parameters<typeof compareWithExpected>[1], expected: Json) => () =>
    compareWithExpected("case", actual, expected, tolerance);

  it("takes numbers, rows and parts within the tolerance, NaN for NaN, and anything for null", () => {
    expect(compare(1.05, 1)).not.toThrow();
    expect(compare(Float64Array.of(1, 2), [[1, 2]])).not.toThrow();
    expect(compare(Float64Array.of(1, Number.NaN, 3), [1, Number.NaN, null])).not.toThrow();
    expect(compare({ a: { b: 1 } }, { a: { b: 1, c: null } })).not.toThrow();
    expect(compare({ losses: [1.5] }, { losses: [1] })).not.toThrow();
  });

  it("refuses what is outside, NaN on one side, another length, and a part that nothing was computed for", () => {
    expect(compare([1, 2.2], [1, 2])).toThrow("case: 1 of 2 elements are outside atol 0.1");
    expect(compare([Number.NaN], [1])).toThrow("case: 1 of 1 elements");
    expect(compare([1], [Number.NaN])).toThrow("case: 1 of 1 elements");
    expect(compare([1], [1, 2])).toThrow("case: got 1 numbers, expected 2");
    expect(compare([1, 2], [1])).toThrow("case: got 2 numbers, expected 1");
    expect(compare({ a: { b: 1 } }, { a: { c: 1 } })).toThrow("case.a.c: nothing was computed for it");
  });
});

it("awaitExport skips a case while there is no such export, and fails it from then on", () => {
  expect(findExport("NoSuchLayer")).toBeUndefined();
  expect(() => awaitExport("NoSuchLayer", "layer of that kind")).toThrow(
    new NotApplicable("no layer of that kind yet"),
  );
  expect(findExport("SGD")).toBeDefined();
  const fail = () => awaitExport("SGD", "SGD");
  expect(fail).toThrow("there is a public SGD now: replay the cases that wait for it");
  expect(fail).not.toThrow(NotApplicable);
});
