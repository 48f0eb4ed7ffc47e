import type { FloatDType, Shape, Tensor } from "@handgrad/tensor";
import { activate, activateBackward } from "./activate.js";
import type { Elementwise, Mode } from "./layer.js";
import { requireForward } from "./require.js";

/** σ(x) = 1/(1 + e⁻ˣ), elementwise, without overflow on either side; NaN stays NaN. */
export const sigmoid = <S extends Shape, D extends FloatDType>(x: Tensor<S, D>): Tensor<S, D> =>
  activate("sigmoid", x);

/** dx = dy·σ(x)·σ(−x), from x: 1 − σ(x) would have lost its digits where σ(x) is near 1. */
export const sigmoidBackward = <S extends Shape, D extends FloatDType>(
  dy: Tensor<S, D>,
  x: Tensor<S, D>,
): Tensor<S, D> => activateBackward("sigmoidBackward", "sigmoid", dy, x);

/** y = σ(x). Keeps any shape and dtype; see {@link sigmoid} and {@link sigmoidBackward}. */
export class Sigmoid implements Elementwise {
  #x: Tensor<Shape, FloatDType> | undefined;

  get transient(): true {
    return true;
  }

  forward<S extends Shape, D extends FloatDType>(x: Tensor<S, D>, _mode: Mode): Tensor<S, D> {
    this.#x = x;
    return sigmoid(x);
  }

  /** @throws Error without a forward pass, ShapeError where dy has not its shape. */
  backward<S extends Shape, D extends FloatDType>(dy: Tensor<S, D>): Tensor<S, D> {
    return sigmoidBackward(dy, requireForward("Sigmoid", this.#x) as Tensor<S, D>);
  }
}
