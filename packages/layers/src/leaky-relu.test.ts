import { tensor } from "@handgrad/tensor";
import { describe, expect, it } from "vitest";
import { LeakyReLU, leakyRelu, leakyReluBackward } from "./leaky-relu.js";
import { at, goldens, itIsElementwise } from "./test-elementwise.js";

itIsElementwise("LeakyReLU", () => new LeakyReLU(), goldens.leakyRelu);
describe("negativeSlope 0.3", () => {
  itIsElementwise("LeakyReLU", () => new LeakyReLU({ negativeSlope: 0.3 }), goldens["leakyRelu 0.3"]);
});

it("takes the left slope at the kink, which both zeros are", () => {
  const layer = new LeakyReLU({ negativeSlope: 0.25 });
  expect(at(layer, 0)).toEqual([0, 0.25]);
  expect(at(layer, -0)).toEqual([-0, 0.25]);
  expect(at(layer, -8)).toEqual([-2, 0.25]);
});

it("the functions have the same default", () => {
  expect(leakyRelu(tensor([-100, 100])).data).toEqual(Float32Array.of(-1, 100));
  expect(leakyReluBackward(tensor([100, 100]), tensor([-1, 1])).data).toEqual(Float32Array.of(1, 100));
});

it("refuses a slope that is no number", () => {
  expect(() => new LeakyReLU({ negativeSlope: Number.NaN })).toThrow(
    new RangeError("LeakyReLU: negativeSlope must be a finite number, got NaN"),
  );
});
