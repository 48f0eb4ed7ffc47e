import { checkGradients } from "@handgrad/gradcheck";
import { normal, Random, tensor, zeros } from "@handgrad/tensor";
import { expect, it } from "vitest";
import { ReLU, relu, reluBackward } from "./relu.js";

it("relu keeps what is positive; NaN stays", () => {
  expect([...relu(tensor([-1, 0, 2, Number.NaN, Number.POSITIVE_INFINITY])).data]).toEqual([
    0,
    0,
    2,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ]);
});

it("reluBackward passes dy where x was positive, and 0 at the kink", () => {
  const x = tensor([-1, 0, 2, Number.NaN]);
  expect([...reluBackward(tensor([5, 6, 7, 8]), x).data]).toEqual([0, 0, 7, Number.NaN]);
  expect(() => reluBackward(tensor([1]) as never, x)).toThrow(
    "reluBackward: dy must be [4], got [1] (axis 0 is 1, not 4)",
  );
});

it("proves its gradient for sizes around SIMD tails", () => {
  for (const size of [1, 2, 3, 4, 5, 17]) {
    const check = checkGradients(new ReLU(), {
      input: normal([3, size], new Random(size), { dtype: "float64" }),
    });
    expect(check.pass, JSON.stringify(check.worst)).toBe(true);
  }
});

it("keeps shape and dtype, and wants a forward pass first", () => {
  const layer = new ReLU();
  expect(() => layer.backward(zeros([1]))).toThrow(
    "ReLU.backward: there is no forward pass to go back through",
  );
  const y = layer.forward(zeros([2, 0, 3], "float64"), "eval");
  expect(y.shape).toEqual([2, 0, 3]);
  expect(y.dtype).toBe("float64");
});
