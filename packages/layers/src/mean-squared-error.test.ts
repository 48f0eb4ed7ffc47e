import { tensor, zeros } from "@handgrad/tensor";
import { expect, it } from "vitest";
import { meanSquaredError } from "./mean-squared-error.js";
import { goldens } from "./test-elementwise.js";
import { expectLossGradient, itIsPyTorchsLoss } from "./test-losses.js";

itIsPyTorchsLoss(meanSquaredError, goldens.meanSquaredError);

it("proves its gradient", () => {
  for (const size of [1, 2, 3, 4, 5, 17]) expectLossGradient(meanSquaredError, [3, size], (i) => i / 7);
});

it("is the mean over all elements, in float64", () => {
  const { loss, gradient } = meanSquaredError(tensor([[1, 2, 3]]), tensor([[1, 4, 7]]));
  expect(loss).toBe(20 / 3);
  expect(gradient).toBeAllClose([[0, -4 / 3, -8 / 3]], { atol: 0, rtol: 1e-7 });
  // The square overflows float32.
  expect(meanSquaredError(tensor([1e30]), tensor([-1e30])).loss).toBeAllClose(4e60, { atol: 0, rtol: 1e-6 });
  expect(meanSquaredError(tensor([Number.NaN, 0]), tensor([0, 0])).loss).toBeNaN();
});

it("says what is wrong", () => {
  expect(() => meanSquaredError(zeros([2, 3]) as never, zeros([3, 2]))).toThrow(
    "meanSquaredError: targets must be [2, 3], got [3, 2] (axis 0 is 3, not 2)",
  );
  expect(() => meanSquaredError(zeros([2]), zeros([2], "float64") as never)).toThrow(
    "meanSquaredError: targets must be float32, got float64",
  );
  expect(() => meanSquaredError(zeros([0, 3]), zeros([0, 3]))).toThrow(
    "meanSquaredError: predictions must have at least one element, got shape [0, 3]",
  );
});
