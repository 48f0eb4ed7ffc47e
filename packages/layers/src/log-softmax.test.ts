import { tensor } from "@handgrad/tensor";
import { expect, it } from "vitest";
import { LogSoftmax, logSoftmax, logSoftmaxBackward } from "./log-softmax.js";
import { goldens, itIsElementwise } from "./test-elementwise.js";

itIsElementwise("LogSoftmax", () => new LogSoftmax(), goldens.logSoftmax);

it("keeps what softmax would round to 0, and knows −Infinity as impossible", () => {
  expect([...logSoftmax(tensor([[0, 1000]])).data]).toEqual([-1000, 0]);
  const [certain, impossible] = logSoftmax(tensor([[0, Number.NEGATIVE_INFINITY]])).data;
  expect([certain, impossible]).toEqual([0, Number.NEGATIVE_INFINITY]);
});

it("does not depend on where the row lies", () => {
  // −log(1 + e⁻²⁰): an offset of 1e6 would round it to a multiple of 1e-10.
  const [small] = logSoftmax(tensor([[1e6 + 20, 1e6]], "float64")).data;
  expect(small).toBeAllClose(-Math.log1p(Math.exp(-20)), { atol: 2 ** -52, rtol: 0 });
});

it("needs an axis", () => {
  expect(() => logSoftmax(tensor(1))).toThrow("logSoftmax: x must have at least one axis, got []");
  expect(() => logSoftmaxBackward(tensor(1), tensor(1))).toThrow(
    "logSoftmaxBackward: y must have at least one axis, got []",
  );
});
