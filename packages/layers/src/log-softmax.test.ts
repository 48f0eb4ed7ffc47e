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

it("needs an axis", () => {
  expect(() => logSoftmax(tensor(1))).toThrow("logSoftmax: x must have at least one axis, got []");
  expect(() => logSoftmaxBackward(tensor(1), tensor(1))).toThrow(
    "logSoftmaxBackward: y must have at least one axis, got []",
  );
});
