import {
  type FloatData,
  type FloatDType,
  formatShape,
  type Shape,
  ShapeError,
  type Tensor,
} from "@handgrad/tensor";
import { like } from "./like.js";
import { requireInput } from "./require.js";

/** A loss that compares two tensors element by element. */
export interface ElementwiseLoss<S extends Shape = Shape, D extends FloatDType = FloatDType> {
  /** Mean over all elements, in float64. */
  readonly loss: number;
  /** Gradient of `loss` by the first argument, in its shape. */
  readonly gradient: Tensor<S, D>;
}

/** What a kernel does: returns the sum over the elements and writes the gradient times `scale`. */
type Sum = (gradient: FloatData, x: FloatData, targets: FloatData, scale: number) => number;

/** The mean of `sum` over all elements, of which there must be one. `names` are those of the function and of x. */
export function meanLoss<S extends Shape, D extends FloatDType>(
  [name, xName]: readonly [string, string],
  x: Tensor<S, D>,
  targets: Tensor<S, D>,
  sum: Sum,
): ElementwiseLoss<S, D> {
  const count = x.data.length;
  if (count === 0) {
    throw new ShapeError(
      `${name}: ${xName} must have at least one element, got shape ${formatShape(x.shape)}`,
    );
  }
  requireInput(`${name}: targets`, targets, x.shape, x.dtype);
  const gradient = like(x);
  const total = sum(gradient.data, x.data, targets.data, 1 / count);
  return { loss: total / count, gradient };
}
