import { checkGradients, type LayerLike, type TensorLike } from "@handgrad/gradcheck";
import { type FloatDType, fromData, normal, Random, type Shape, type Tensor } from "@handgrad/tensor";
import { expect, it } from "vitest";
import { toTensor } from "../fixtures/numbers.js";
import type { LossCase } from "../fixtures/pytorch-layers.js";
import type { ElementwiseLoss } from "./elementwise-loss.js";

type Values<D extends FloatDType> = Tensor<Shape, D>;
type Loss = <D extends FloatDType>(x: Values<D>, targets: Values<D>) => ElementwiseLoss<Shape, D>;

/** The loss is a float64 in both dtypes; a float32 gradient is rounded once. */
const tolerances = { float64: { atol: 1e-14, rtol: 1e-13 }, float32: { atol: 1e-9, rtol: 1e-6 } };

export function itIsPyTorchsLoss(loss: Loss, goldens: Readonly<Record<string, LossCase>>): void {
  it.each(Object.entries(goldens))("is PyTorch's, with its gradient: %s", (_, golden) => {
    for (const dtype of ["float64", "float32"] as const) {
      const result = loss(toTensor(golden.x, dtype), toTensor(golden.targets, dtype));
      expect(result.loss).toBeAllClose(golden.loss, tolerances.float64);
      expect(result.gradient).toBeAllClose(golden.gradient, tolerances[dtype]);
    }
  });
}

/** A function that returns a loss and its gradient, as a layer whose output is the loss. */
export function asLayer(
  lossOf: (x: Values<"float64">) => { readonly loss: number; readonly gradient: Values<"float64"> },
): LayerLike {
  let gradient: Values<"float64">;
  return {
    forward(x: TensorLike) {
      const result = lossOf(x as Values<"float64">);
      gradient = result.gradient;
      return fromData(Float64Array.of(result.loss), [1]);
    },
    backward: (dy) =>
      fromData(
        gradient.data.map((g) => g * dy.data[0]),
        gradient.shape,
      ),
  };
}

/** Finite differences agree with the gradient for random x and the target of each index. */
export function expectLossGradient(loss: Loss, shape: Shape, target: (i: number) => number): void {
  const input = normal(shape, new Random(1), { deviation: 2, dtype: "float64" });
  const targets = fromData(
    input.data.map((_, i) => target(i)),
    shape,
  );
  const check = checkGradients(
    asLayer((x) => loss(x, targets)),
    { input },
  );
  expect(check.pass, JSON.stringify(check.worst)).toBe(true);
}
