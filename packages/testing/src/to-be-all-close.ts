import { compareNumbers, type Tolerance } from "@handgrad/gradcheck";
import { expect } from "vitest";
import { flatten, type NumbersLike } from "./numbers-like.js";

/** Far above rounding, far below what a wrong formula does. A test that needs others says why. */
const FLOAT64: Tolerance = { atol: 1e-12, rtol: 1e-12 };
const FLOAT32: Tolerance = { atol: 1e-5, rtol: 1e-5 };

declare module "vitest" {
  interface Matchers<T> {
    /**
     * |actual − expected| ≤ atol + rtol·|expected| for every element; NaN matches nothing (see `compareNumbers`).
     * Either side is a tensor, a nested or flat array, or a number. Shapes must agree; a flat array has none.
     * Default: 1e-5 for both where either side is float32, else 1e-12.
     */
    toBeAllClose(expected: NumbersLike, tolerance?: Partial<Tolerance>): void;
  }
}

expect.extend({
  toBeAllClose(received: NumbersLike, wanted: NumbersLike, tolerance?: Partial<Tolerance>) {
    const actual = flatten(received);
    const expected = flatten(wanted);
    if (actual.shape && expected.shape && String(actual.shape) !== String(expected.shape)) {
      const message = `shapes differ: got [${actual.shape.join(", ")}], expected [${expected.shape.join(", ")}]`;
      return { pass: false, message: () => message };
    }
    const shape = actual.shape ?? expected.shape;
    const { pass, message } = compareNumbers(actual.numbers, expected.numbers, {
      ...(actual.isFloat32 || expected.isFloat32 ? FLOAT32 : FLOAT64),
      ...tolerance,
      ...(shape && { shape }),
    });
    return { pass, message: () => (pass ? `expected a difference, but ${message}` : message) };
  },
});
