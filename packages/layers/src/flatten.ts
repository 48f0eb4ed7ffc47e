import {
  type FloatDType,
  formatShape,
  type Rows,
  requireShape,
  reshape,
  type Shape,
  ShapeError,
  type Tensor,
} from "@handgrad/tensor";
import type { Elementwise, Mode } from "./layer.js";
import { requireForward } from "./require.js";

/** Features of a flattened row: those of rows stay, a product is known to the run alone. */
export type FlatWidth<S extends Shape> = S extends readonly [number, infer F extends number] ? F : number;

/**
 * x[N, …] as rows: [N, product of the other axes]. Shares its data with `x`.
 * @throws ShapeError for a scalar.
 */
export function flatten<S extends Shape, D extends FloatDType>(x: Tensor<S, D>): Rows<FlatWidth<S>, D> {
  if (x.shape.length === 0) {
    throw new ShapeError(`flatten: x must have at least one axis, got ${formatShape(x.shape)}`);
  }
  const [n, ...inner] = x.shape as Shape;
  const width = inner.reduce((product, size) => product * size, 1);
  return reshape(x, [n, width]) as Rows<FlatWidth<S>, D>;
}

/** dx = dy in the shape of x. Shares its data with `dy`. */
export function flattenBackward<S extends Shape, D extends FloatDType>(
  dy: Rows<FlatWidth<S>, D>,
  shape: S,
): Tensor<S, D> {
  const [n, ...inner] = shape as Shape;
  requireShape("flattenBackward: dy", dy.shape, [n, inner.reduce((product, size) => product * size, 1)]);
  return reshape(dy, shape) as Tensor<S, D>;
}

/**
 * y = x, for rows. A layer takes rows, which are flat already: this one keeps the indices (`"1.weight"`) of a model that
 * has such a layer elsewhere. Images are flattened before the model, where the types can follow:
 * `model.forward(expectShape(flatten(images), [null, 784]), mode)`.
 */
export class Flatten implements Elementwise {
  #shape: Shape | undefined;

  get transient(): true {
    return true;
  }

  /** @throws ShapeError unless x is [N, F]. */
  forward<S extends Shape, D extends FloatDType>(x: Tensor<S, D>, _mode: Mode): Tensor<S, D> {
    if (x.shape.length !== 2) {
      throw new ShapeError(
        `Flatten.forward: x must be rows, [N, F], got ${formatShape(x.shape)}; flatten(x) makes rows before a model`,
      );
    }
    this.#shape = x.shape;
    return x;
  }

  /** dx = dy. @throws Error without a forward pass, ShapeError where dy has not its shape. */
  backward<S extends Shape, D extends FloatDType>(dy: Tensor<S, D>): Tensor<S, D> {
    requireShape("Flatten.backward: dy", dy.shape, requireForward("Flatten", this.#shape));
    return dy;
  }
}
