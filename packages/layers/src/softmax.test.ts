import { tensor } from "@handgrad/tensor";
import { expect, it } from "vitest";
import { Softmax, softmax, softmaxBackward } from "./softmax.js";
import { goldens, itIsElementwise } from "./test-elementwise.js";

itIsElementwise("Softmax", () => new Softmax(), goldens.softmax);

it("does not depend on where the row lies, and knows −Infinity as impossible", () => {
  expect(softmax(tensor([[1e6 + 1, 1e6]], "float64"))).toBeAllClose(softmax(tensor([[1, 0]], "float64")), {
    atol: 1e-15,
  });
  expect([...softmax(tensor([[0, Number.NEGATIVE_INFINITY, 0]])).data]).toEqual([0.5, 0, 0.5]);
});

it("one NaN makes its row NaN, and no other", () => {
  const y = softmax(
    tensor([
      [Number.NaN, 0],
      [3, 3],
    ]),
  );
  expect([...y.data]).toEqual([Number.NaN, Number.NaN, 0.5, 0.5]);
});

it("needs an axis", () => {
  expect(() => softmax(tensor(1))).toThrow("softmax: x must have at least one axis, got []");
  expect(() => softmaxBackward(tensor(1), tensor(1))).toThrow(
    "softmaxBackward: y must have at least one axis, got []",
  );
});
