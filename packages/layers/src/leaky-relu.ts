import { type FloatDType, kernels, requireShape, type Shape, type Tensor } from "@handgrad/tensor";
import type { Elementwise, Mode } from "./layer.js";
import { like } from "./like.js";
import { requireForward } from "./require.js";

const DEFAULT_SLOPE = 0.01;

/** y = x where x > 0, else negativeSlope·x, elementwise; NaN stays NaN. */
export function leakyRelu<S extends Shape, D extends FloatDType>(
  x: Tensor<S, D>,
  negativeSlope = DEFAULT_SLOPE,
): Tensor<S, D> {
  const y = like(x);
  kernels().leakyRelu(y.data, x.data, negativeSlope);
  return y;
}

/** dx = dy where x > 0, else negativeSlope·dy: at the kink x = 0 the left slope is taken, as PyTorch does. */
export function leakyReluBackward<S extends Shape, D extends FloatDType>(
  dy: Tensor<S, D>,
  x: Tensor<S, D>,
  negativeSlope = DEFAULT_SLOPE,
): Tensor<S, D> {
  requireShape("leakyReluBackward: dy", dy.shape, x.shape);
  const dx = like(x);
  kernels().leakyReluBackward(dx.data, dy.data, x.data, negativeSlope);
  return dx;
}

export interface LeakyReLUOptions {
  /** Slope where x ≤ 0; default 0.01, PyTorch's. Keras' default is 0.3. */
  readonly negativeSlope?: number;
}

/** y = x where x > 0, else negativeSlope·x. Keeps any shape and dtype; see {@link leakyRelu} and {@link leakyReluBackward}. */
export class LeakyReLU implements Elementwise {
  readonly negativeSlope: number;
  #x: Tensor<Shape, FloatDType> | undefined;

  /** @throws RangeError unless negativeSlope is finite. */
  constructor({ negativeSlope = DEFAULT_SLOPE }: LeakyReLUOptions = {}) {
    if (!Number.isFinite(negativeSlope)) {
      throw new RangeError(`LeakyReLU: negativeSlope must be a finite number, got ${negativeSlope}`);
    }
    this.negativeSlope = negativeSlope;
  }

  get transient(): true {
    return true;
  }

  forward<S extends Shape, D extends FloatDType>(x: Tensor<S, D>, _mode: Mode): Tensor<S, D> {
    this.#x = x;
    return leakyRelu(x, this.negativeSlope);
  }

  /** @throws Error without a forward pass, ShapeError where dy has not its shape. */
  backward<S extends Shape, D extends FloatDType>(dy: Tensor<S, D>): Tensor<S, D> {
    const x = requireForward("LeakyReLU", this.#x) as Tensor<S, D>;
    return leakyReluBackward(dy, x, this.negativeSlope);
  }
}
