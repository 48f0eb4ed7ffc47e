import { type FloatDType, kernels, type Shape, type Tensor } from "@handgrad/tensor";
import { type ElementwiseLoss, meanLoss } from "./elementwise-loss.js";

/**
 * loss = mean(−t·log σ(z) − (1 − t)·log(1 − σ(z))) over all elements, with logits z and targets t in [0, 1], and
 * gradient (σ(z) − t)/count. Computed as max(z, 0) − z·t + log(1 + e^(−|z|)), which neither overflows nor loses the loss
 * of a sure, right answer. PyTorch's `binary_cross_entropy_with_logits`.
 * @throws ShapeError where the shapes differ or there is no element, DTypeError where the dtypes differ, RangeError for a
 * target outside [0, 1].
 */
export function binaryCrossEntropy<S extends Shape, D extends FloatDType>(
  logits: Tensor<S, D>,
  targets: Tensor<NoInfer<S>, NoInfer<D>>,
): ElementwiseLoss<S, D> {
  const wrong = targets.data.findIndex((target) => !(target >= 0 && target <= 1));
  if (wrong >= 0) {
    throw new RangeError(`binaryCrossEntropy: target ${wrong} must be in [0, 1], got ${targets.data[wrong]}`);
  }
  return meanLoss(["binaryCrossEntropy", "logits"], logits, targets, kernels().binaryCrossEntropy);
}
