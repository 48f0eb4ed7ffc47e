import {
  type ActivationOperation,
  type FloatDType,
  kernels,
  requireShape,
  type Shape,
  type Tensor,
} from "@handgrad/tensor";
import { like } from "./like.js";

/** y = f(x), elementwise. */
export function activate<S extends Shape, D extends FloatDType>(
  operation: ActivationOperation,
  x: Tensor<S, D>,
): Tensor<S, D> {
  const y = like(x);
  kernels().unary(operation, y.data, x.data);
  return y;
}

/** dx = dy·f′(x); `name` is that of the function for messages. */
export function activateBackward<S extends Shape, D extends FloatDType>(
  name: string,
  operation: ActivationOperation,
  dy: Tensor<S, D>,
  x: Tensor<S, D>,
): Tensor<S, D> {
  requireShape(`${name}: dy`, dy.shape, x.shape);
  const dx = like(x);
  kernels().unaryBackward(operation, dx.data, dy.data, x.data);
  return dx;
}
