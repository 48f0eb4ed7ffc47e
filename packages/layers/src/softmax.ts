import { type FloatDType, kernels, requireShape, type Shape, type Tensor } from "@handgrad/tensor";
import type { Elementwise, Mode } from "./layer.js";
import { like } from "./like.js";
import { requireForward, requireLastAxis } from "./require.js";

/**
 * y = eˣ/Σ eˣ over the last axis. The greatest x of a row is subtracted first, so that no exponential overflows.
 * @throws ShapeError for a scalar.
 */
export function softmax<S extends Shape, D extends FloatDType>(x: Tensor<S, D>): Tensor<S, D> {
  const { rows, columns } = requireLastAxis("softmax: x", x);
  const y = like(x);
  kernels().softmax(y.data, x.data, rows, columns);
  return y;
}

/** dx = y·(dy − Σ dy·y) with y = softmax(x), the sum over the last axis. */
export function softmaxBackward<S extends Shape, D extends FloatDType>(
  dy: Tensor<S, D>,
  y: Tensor<S, D>,
): Tensor<S, D> {
  const { rows, columns } = requireLastAxis("softmaxBackward: y", y);
  requireShape("softmaxBackward: dy", dy.shape, y.shape);
  const dx = like(y);
  kernels().softmaxBackward(dx.data, dy.data, y.data, rows, columns);
  return dx;
}

/** y = eˣ/Σ eˣ over the last axis. Not before softmaxCrossEntropy, which takes the logits. Keeps any shape and dtype; see {@link softmax} and {@link softmaxBackward}. */
export class Softmax implements Elementwise {
  #y: Tensor<Shape, FloatDType> | undefined;

  get transient(): true {
    return true;
  }

  /** @throws ShapeError for a scalar. */
  forward<S extends Shape, D extends FloatDType>(x: Tensor<S, D>, _mode: Mode): Tensor<S, D> {
    const y = softmax(x);
    this.#y = y;
    return y;
  }

  /** @throws Error without a forward pass, ShapeError where dy has not its shape. */
  backward<S extends Shape, D extends FloatDType>(dy: Tensor<S, D>): Tensor<S, D> {
    return softmaxBackward(dy, requireForward("Softmax", this.#y) as Tensor<S, D>);
  }
}
