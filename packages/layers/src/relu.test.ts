import { checkGradients } from "@handgrad/gradcheck";
import { normal, Random, tensor, zeros } from "@handgrad/tensor";
import { readFixture } from "testing";
import { expect, it } from "vitest";
import { toTensor } from "../fixtures/numbers.js";
import type { PyTorchFixture } from "../fixtures/pytorch.js";
import type { TensorFlowFixture } from "../fixtures/tensorflow.js";
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

const goldens = {
  PyTorch: readFixture<PyTorchFixture>(import.meta.url, "pytorch.json").relu,
  TensorFlow: readFixture<TensorFlowFixture>(import.meta.url, "tensorflow-layers.json").relu,
};
for (const [engine, golden] of Object.entries(goldens)) {
  it(`is ${engine}'s relu exactly, also at the kink`, () => {
    expect(golden.x.data).toContain(0);
    // Where x is not positive TensorFlow's dx has the sign of dy, −0 or 0.
    const exact = { atol: 0, rtol: 0 };
    for (const dtype of ["float64", "float32"] as const) {
      const x = toTensor(golden.x, dtype);
      expect(relu(x)).toBeAllClose(golden.y, exact);
      expect(reluBackward(toTensor(golden.dy, dtype), x)).toBeAllClose(golden.dx, exact);
    }
  });
}

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
