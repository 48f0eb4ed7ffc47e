import { type FloatDType, kernels, type Shape, type Tensor } from "@handgrad/tensor";
import { type ElementwiseLoss, meanLoss } from "./elementwise-loss.js";

/**
 * loss = mean((predictions − targets)²) over all elements, with gradient 2·(predictions − targets)/count: PyTorch's
 * and Keras' definition.
 * @throws ShapeError where the shapes differ or there is no element, DTypeError where the dtypes differ.
 */
export const meanSquaredError = <S extends Shape, D extends FloatDType>(
  predictions: Tensor<S, D>,
  targets: Tensor<NoInfer<S>, NoInfer<D>>,
): ElementwiseLoss<S, D> =>
  meanLoss(["meanSquaredError", "predictions"], predictions, targets, kernels().squaredError);
