import type { FloatDType, Shape, Tensor } from "@handgrad/tensor";
import { activate, activateBackward } from "./activate.js";
import type { Elementwise, Mode } from "./layer.js";
import { requireForward } from "./require.js";

export interface GELUOptions {
  /** `"tanh"` is ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))), as in GPT-2. Default `"none"`, PyTorch's names. */
  readonly approximate?: "none" | "tanh";
}

const operation = (name: string, { approximate = "none" }: GELUOptions): "gelu" | "geluTanh" => {
  if (approximate === "none") return "gelu";
  if (approximate === "tanh") return "geluTanh";
  throw new RangeError(`${name}: approximate must be "none" or "tanh", got ${approximate}`);
};

/**
 * x·Φ(x) = ½·x·(1 + erf(x/√2)), elementwise; 0 at −Infinity, NaN stays NaN.
 * Source: Hendrycks & Gimpel 2016, Gaussian error linear units.
 * @throws RangeError for another approximation.
 */
export const gelu = <S extends Shape, D extends FloatDType>(
  x: Tensor<S, D>,
  options: GELUOptions = {},
): Tensor<S, D> => activate(operation("gelu", options), x);

/** dx = dy·(Φ(x) + x·φ(x)) with φ(x) = e^(−x²/2)/√(2π), or dy times the derivative of the approximation. */
export const geluBackward = <S extends Shape, D extends FloatDType>(
  dy: Tensor<S, D>,
  x: Tensor<S, D>,
  options: GELUOptions = {},
): Tensor<S, D> => activateBackward("geluBackward", operation("geluBackward", options), dy, x);

/** y = x·Φ(x). Keeps any shape and dtype; see {@link gelu} and {@link geluBackward}. */
export class GELU implements Elementwise {
  readonly approximate: "none" | "tanh";
  #x: Tensor<Shape, FloatDType> | undefined;

  /** @throws RangeError for another approximation. */
  constructor(options: GELUOptions = {}) {
    this.approximate = operation("GELU", options) === "gelu" ? "none" : "tanh";
  }

  get transient(): true {
    return true;
  }

  forward<S extends Shape, D extends FloatDType>(x: Tensor<S, D>, _mode: Mode): Tensor<S, D> {
    this.#x = x;
    return gelu(x, this);
  }

  /** @throws Error without a forward pass, ShapeError where dy has not its shape. */
  backward<S extends Shape, D extends FloatDType>(dy: Tensor<S, D>): Tensor<S, D> {
    return geluBackward(dy, requireForward("GELU", this.#x) as Tensor<S, D>, this);
  }
}
