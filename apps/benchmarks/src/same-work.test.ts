import { expect, it } from "vitest";
import { differenceOf } from "./same-work.js";

it.each([
  ["training", [2.5, 2.4, 2.3], undefined],
  ["training", [2.5002, 2.404, 2.296], undefined],
  ["training", [2.5, 2.4], undefined],
  ["training", [2.5], "1 numbers instead of 3"],
  ["training", [2.501, 2.4, 2.3], "loss 1 is 2.501, not 2.5"],
  ["training", [2.5, 2.5, 2.3], "loss 2 is 2.5, not 2.4"],
  ["training", [2.5, 2.4, Number.NaN], "loss 3 is NaN, not 2.3"],
] as const)("%s with losses %j: %s", (kind, losses, difference) => {
  expect(differenceOf(kind, losses, [2.5, 2.4, 2.3])).toBe(difference);
});

it.each([
  // In units of the largest entry: sums that nearly cancel have no digits of their own.
  [[10, 0.0005], undefined],
  [[10, 0.002], "number 2 is 0.002, not 0"],
  [[10], "1 numbers instead of 2"],
  [[], "0 numbers instead of 2"],
])("entries %j: %s", (entries, difference) => {
  for (const kind of ["matmul", "inference"] as const) {
    expect(differenceOf(kind, entries, [10, 0])).toBe(difference);
  }
});
