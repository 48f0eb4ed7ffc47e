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
import type { Mode, RowWise } from "./layer.js";
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
 * y = x as rows; see {@link flatten} and {@link flattenBackward}.
 *
 * A Sequential's types are of rows, which pass unchanged: there this layer keeps the indices of a model that has one
 * elsewhere (`"1.weight"`), and images are flattened before:
 * `model.forward(expectShape(flatten(images), [null, 784]), mode)`.
 */
export class Flatten implements RowWise {
  #shape: Shape | undefined;

  forward<F extends number, D extends FloatDType>(x: Rows<F, D>, mode: Mode): Rows<F, D>;
  forward<D extends FloatDType>(x: Tensor<Shape, D>, mode: Mode): Rows<number, D>;
  forward<D extends FloatDType>(x: Tensor<Shape, D>, _mode: Mode): Rows<number, D> {
    const y = flatten(x);
    this.#shape = x.shape;
    return y;
  }

  /** dx in the shape that the last forward pass got. @throws Error without one, ShapeError where dy has not y's shape. */
  backward<F extends number, D extends FloatDType>(dy: Rows<F, D>): Rows<F, D> {
    const shape = requireForward("Flatten", this.#shape) as readonly [number, F];
    return flattenBackward<typeof shape, D>(dy, shape);
  }
}
