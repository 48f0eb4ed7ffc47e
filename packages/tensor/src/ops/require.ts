import { type DType, type FloatDType, isFloat } from "../dtype.js";
import { DTypeError } from "../errors.js";
import type { Shape } from "../shape.js";
import type { Tensor } from "../tensor.js";

/** Throws a {@link DTypeError} unless `x` is float32 or float64: TypeScript says so already, JavaScript does not. */
export function requireFloat<S extends Shape>(
  name: string,
  x: Tensor<S, DType>,
): asserts x is Tensor<S, FloatDType> {
  if (!isFloat(x.dtype)) throw new DTypeError(`${name}: dtype must be float32 or float64, got ${x.dtype}`);
}

/** Throws a {@link DTypeError} unless `a` and `b` have the same dtype. */
export function requireSameDType(name: string, a: Tensor<Shape, DType>, b: Tensor<Shape, DType>): void {
  if (a.dtype !== b.dtype) {
    throw new DTypeError(`${name}: both tensors must have the same dtype, got ${a.dtype} and ${b.dtype}`);
  }
}
