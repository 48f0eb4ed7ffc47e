import { zeros } from "@handgrad/tensor";
import { BadInput } from "terminal";
import { expect, it } from "vitest";
import type { Digits } from "./digits.js";
import { requireFitting } from "./require-fitting.js";
import { defaults } from "./settings.js";

const digits = (rows: number, pixels: number): Digits => {
  const part = { inputs: zeros([rows, pixels]), labels: zeros([rows], "uint8") };
  return { train: part, test: part };
};

it("lets pass what fits, to the last row", () => {
  expect(() => requireFitting(digits(128, 784), defaults)).not.toThrow();
});

it.each([
  [127, 784, {}, '--batch-size must be at most 127, the digits to train on, got "128"'],
  [128, 784, { hidden: [8192, 8192, 8192] }, "--hidden must give at most 100000000 weights, got 140746762"],
  [128, 20_000, { hidden: [8192] }, "--hidden must give at most 100000000 weights, got 163930122"],
])("%d rows of %d pixels with %j", (rows, pixels, settings, message) => {
  expect(() => requireFitting(digits(rows, pixels), { ...defaults, ...settings })).toThrow(
    new BadInput(message),
  );
});
