import { expect, it } from "vitest";
import { Tanh } from "./tanh.js";
import { at, goldens, itIsElementwise } from "./test-elementwise.js";

itIsElementwise("Tanh", () => new Tanh(), goldens.tanh);

it("neither overflows nor loses the slope where it levels off", () => {
  const layer = new Tanh();
  expect(at(layer, 1e30)).toEqual([1, 0]);
  expect(at(layer, Number.NEGATIVE_INFINITY)).toEqual([-1, 0]);
  expect(at(layer, -0)).toEqual([-0, 1]);
  // At 20, tanh rounds to 1: its slope is 4e⁻⁴⁰.
  expect(at(layer, 20)[0]).toBe(1);
  expect(at(layer, -20)[1]).toBeAllClose(4 * Math.exp(-40), { atol: 0, rtol: 1e-14 });
});
