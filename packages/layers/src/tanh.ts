import type { FloatDType, Shape, Tensor } from "@handgrad/tensor";
import { activate, activateBackward } from "./activate.js";
import type { Elementwise, Mode } from "./layer.js";
import { requireForward } from "./require.js";

/** Hyperbolic tangent, elementwise; NaN stays NaN. */
export const tanh = <S extends Shape, D extends FloatDType>(x: Tensor<S, D>): Tensor<S, D> =>
  activate("tanh", x);

/** dx = dy/cosh²(x), from x: 1 − tanh²(x) would have lost its digits where tanh(x) is near ±1. */
export const tanhBackward = <S extends Shape, D extends FloatDType>(
  dy: Tensor<S, D>,
  x: Tensor<S, D>,
): Tensor<S, D> => activateBackward("tanhBackward", "tanh", dy, x);

/** y = tanh(x). Keeps any shape and dtype; see {@link tanh} and {@link tanhBackward}. */
export class Tanh implements Elementwise {
  #x: Tensor<Shape, FloatDType> | undefined;

  get transient(): true {
    return true;
  }

  forward<S extends Shape, D extends FloatDType>(x: Tensor<S, D>, _mode: Mode): Tensor<S, D> {
    this.#x = x;
    return tanh(x);
  }

  /** @throws Error without a forward pass, ShapeError where dy has not its shape. */
  backward<S extends Shape, D extends FloatDType>(dy: Tensor<S, D>): Tensor<S, D> {
    return tanhBackward(dy, requireForward("Tanh", this.#x) as Tensor<S, D>);
  }
}
