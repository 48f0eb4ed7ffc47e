import { expect, it } from "vitest";
import { Sigmoid } from "./sigmoid.js";
import { at, goldens, itIsElementwise } from "./test-elementwise.js";

itIsElementwise("Sigmoid", () => new Sigmoid(), goldens.sigmoid);

it("neither overflows nor loses the slope where it levels off", () => {
  const layer = new Sigmoid();
  expect(at(layer, 1e30)).toEqual([1, 0]);
  expect(at(layer, -1e30)).toEqual([0, 0]);
  expect(at(layer, Number.POSITIVE_INFINITY)).toEqual([1, 0]);
  // At 40, σ rounds to 1: its slope is e⁻⁴⁰, as at −40.
  expect(at(layer, 40)[0]).toBe(1);
  expect(at(layer, 40)[1]).toBeAllClose(Math.exp(-40), { atol: 0, rtol: 1e-14 });
  expect(at(layer, -40)[1]).toBe(at(layer, 40)[1]);
});
