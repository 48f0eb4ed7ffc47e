import { type FloatDType, kernels, requireShape, type Shape, type Tensor } from "@handgrad/tensor";
import type { Elementwise, Mode } from "./layer.js";
import { like } from "./like.js";
import { requireForward } from "./require.js";

/** y = max(x, 0), elementwise; NaN stays NaN. */
export function relu<S extends Shape, D extends FloatDType>(x: Tensor<S, D>): Tensor<S, D> {
  const y = like(x);
  kernels().relu(y.data, x.data);
  return y;
}

/** dx = dy where x > 0, else 0: at the kink x = 0 the derivative is taken as 0, as PyTorch and TensorFlow do. */
export function reluBackward<S extends Shape, D extends FloatDType>(
  dy: Tensor<S, D>,
  x: Tensor<S, D>,
): Tensor<S, D> {
  requireShape("reluBackward: dy", dy.shape, x.shape);
  const dx = like(x);
  kernels().reluBackward(dx.data, dy.data, x.data);
  return dx;
}

/** y = max(x, 0). Keeps any shape and dtype; see {@link relu} and {@link reluBackward}. */
export class ReLU implements Elementwise {
  #x: Tensor<Shape, FloatDType> | undefined;

  get transient(): true {
    return true;
  }

  forward<S extends Shape, D extends FloatDType>(x: Tensor<S, D>, _mode: Mode): Tensor<S, D> {
    this.#x = x;
    return relu(x);
  }

  /** @throws Error without a forward pass, ShapeError where dy has not its shape. */
  backward<S extends Shape, D extends FloatDType>(dy: Tensor<S, D>): Tensor<S, D> {
    return reluBackward(dy, requireForward("ReLU", this.#x) as Tensor<S, D>);
  }
}
