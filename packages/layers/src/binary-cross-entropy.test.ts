import { tensor, zeros } from "@handgrad/tensor";
import { expect, it } from "vitest";
import { binaryCrossEntropy } from "./binary-cross-entropy.js";
import { goldens } from "./test-elementwise.js";
import { expectLossGradient, itIsPyTorchsLoss } from "./test-losses.js";

itIsPyTorchsLoss(binaryCrossEntropy, goldens.binaryCrossEntropy);

it("proves its gradient, for labels and for probabilities", () => {
  for (const size of [1, 2, 3, 4, 5, 17]) {
    expectLossGradient(binaryCrossEntropy, [3, size], (i) => i % 2);
    expectLossGradient(binaryCrossEntropy, [3, size], (i) => ((7 * i) % 11) / 10);
  }
});

it("neither overflows nor loses a small loss or a small gradient", () => {
  const at = (logit: number, target: number) => {
    const { loss, gradient } = binaryCrossEntropy(tensor([logit], "float64"), tensor([target], "float64"));
    return [loss, gradient.data[0]];
  };
  expect(at(1e30, 1)).toEqual([0, 0]);
  expect(at(-1e30, 0)).toEqual([0, 0]);
  expect(at(1e30, 0)).toEqual([1e30, 1]);
  expect(at(-1e30, 1)).toEqual([1e30, -1]);
  // −log σ(50) is e⁻⁵⁰ to 16 digits, and so is the gradient: 1 + e⁻⁵⁰ and σ(50) round to 1.
  const small = Math.exp(-50);
  expect(at(50, 1)).toBeAllClose([small, -small], { atol: 0, rtol: 1e-14 });
  expect(at(-50, 0)).toBeAllClose([small, small], { atol: 0, rtol: 1e-14 });
  expect(at(Number.NaN, 0)).toEqual([Number.NaN, Number.NaN]);
});

it("says what is wrong", () => {
  for (const target of [-0.5, 1.5, Number.NaN]) {
    expect(() => binaryCrossEntropy(tensor([0, 0]), tensor([0, target]))).toThrow(
      new RangeError(`binaryCrossEntropy: target 1 must be in [0, 1], got ${target}`),
    );
  }
  expect(() => binaryCrossEntropy(zeros([2]) as never, zeros([3]))).toThrow(
    "binaryCrossEntropy: targets must be [2], got [3] (axis 0 is 3, not 2)",
  );
  expect(() => binaryCrossEntropy(zeros([0]), zeros([0]))).toThrow(
    "binaryCrossEntropy: logits must have at least one element, got shape [0]",
  );
});
