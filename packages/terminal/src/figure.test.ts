import { expect, it } from "vitest";
import { compared, figure } from "./figure.js";

it.each([
  [0, "0"],
  [0.0068149, "0.00681"],
  [-0.69849, "-0.698"],
  [99_999, "100000"],
  [3.2449e9, "3.24e9"],
  [0.00009, "9.00e-5"],
])("%d reads %s", (value, text) => {
  expect(figure(value)).toBe(text);
});

it.each([
  [0.05, 1, "0.05 ≤ 1"],
  [1, 1, "1 ≤ 1"],
  [1.0001, 1, "1.0001 > 1"],
  [0.9999, 1, "0.9999 ≤ 1"],
  [1.4655e13, 1, "1.47e13 > 1"],
])("%d beside its bound %d: %s", (value, bound, text) => {
  expect(compared(value, bound)).toBe(text);
});
