import type { DType } from "./dtype.js";
import { requireShape, type Shape } from "./shape.js";
import type { Tensor } from "./tensor.js";

/**
 * `x` with the shape that it is checked to have: the one cast for data whose shape only the run knows.
 * `null` leaves an axis open: `expectShape(images, [null, 784])` is a `Tensor<readonly [number, 784]>`.
 * @throws ShapeError where the shape is another; `what` names the tensor in its message.
 */
export function expectShape<const S extends readonly (number | null)[], D extends DType>(
  x: Tensor<Shape, D>,
  shape: S,
  what = "expectShape: x",
): Tensor<{ readonly [I in keyof S]: S[I] extends null ? number : S[I] & number }, D> {
  requireShape(what, x.shape, shape);
  return x as Tensor<never, D>;
}
