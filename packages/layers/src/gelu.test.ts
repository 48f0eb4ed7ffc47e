import { tensor } from "@handgrad/tensor";
import { describe, expect, it } from "vitest";
import { GELU, gelu } from "./gelu.js";
import { at, goldens, itIsElementwise } from "./test-elementwise.js";

itIsElementwise("GELU", () => new GELU(), goldens.gelu);
describe("approximate tanh", () => {
  itIsElementwise("GELU", () => new GELU({ approximate: "tanh" }), goldens["gelu tanh"]);
});

it.each(["none", "tanh"] as const)("%s: levels off on both sides without overflow", (approximate) => {
  const layer = new GELU({ approximate });
  for (const x of [1e30, 1e200, Number.POSITIVE_INFINITY]) {
    expect(at(layer, x)).toEqual([x, 1]);
    expect(at(layer, -x)).toEqual([0, 0]);
  }
});

it("keeps the digits of a small result", () => {
  // −10·Φ(−10) and Φ(−10) − 10·φ(10), from mpmath with 40 digits.
  const [y, dx] = at(new GELU(), -10);
  expect(y).toBeAllClose(-7.619853024160526e-23, { atol: 0, rtol: 1e-14 });
  expect(dx).toBeAllClose(-7.618400096464814e-22, { atol: 0, rtol: 1e-14 });
});

it("refuses another approximation", () => {
  const options = { approximate: "erf" } as never;
  expect(() => new GELU(options)).toThrow(
    new RangeError('GELU: approximate must be "none" or "tanh", got erf'),
  );
  expect(() => gelu(tensor([1]), options)).toThrow('gelu: approximate must be "none" or "tanh", got erf');
});
