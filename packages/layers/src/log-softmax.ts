import { type FloatDType, kernels, requireShape, type Shape, type Tensor } from "@handgrad/tensor";
import type { Elementwise, Mode } from "./layer.js";
import { like } from "./like.js";
import { requireForward, requireLastAxis } from "./require.js";

/**
 * y = x − log Σ eˣ over the last axis. The greatest x of a row is subtracted first, so that no exponential overflows.
 * @throws ShapeError for a scalar.
 */
export function logSoftmax<S extends Shape, D extends FloatDType>(x: Tensor<S, D>): Tensor<S, D> {
  const { rows, columns } = requireLastAxis("logSoftmax: x", x);
  const y = like(x);
  kernels().logSoftmax(y.data, x.data, rows, columns);
  return y;
}

/** dx = dy − eʸ·Σ dy with y = logSoftmax(x), the sum over the last axis. */
export function logSoftmaxBackward<S extends Shape, D extends FloatDType>(
  dy: Tensor<S, D>,
  y: Tensor<S, D>,
): Tensor<S, D> {
  const { rows, columns } = requireLastAxis("logSoftmaxBackward: y", y);
  requireShape("logSoftmaxBackward: dy", dy.shape, y.shape);
  const dx = like(y);
  kernels().logSoftmaxBackward(dx.data, dy.data, y.data, rows, columns);
  return dx;
}

/** y = log softmax(x) over the last axis. Keeps any shape and dtype; see {@link logSoftmax} and {@link logSoftmaxBackward}. */
export class LogSoftmax implements Elementwise {
  #y: Tensor<Shape, FloatDType> | undefined;

  get transient(): true {
    return true;
  }

  /** @throws ShapeError for a scalar. */
  forward<S extends Shape, D extends FloatDType>(x: Tensor<S, D>, _mode: Mode): Tensor<S, D> {
    const y = logSoftmax(x);
    this.#y = y;
    return y;
  }

  /** @throws Error without a forward pass, ShapeError where dy has not its shape. */
  backward<S extends Shape, D extends FloatDType>(dy: Tensor<S, D>): Tensor<S, D> {
    return logSoftmaxBackward(dy, requireForward("LogSoftmax", this.#y) as Tensor<S, D>);
  }
}
