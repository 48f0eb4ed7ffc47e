import { empty, type FloatDType, type Shape, type Tensor, type Vector } from "@handgrad/tensor";

/** A new tensor with the shape and dtype of `x`, to be written. */
export const like = <S extends Shape, D extends FloatDType>(x: Tensor<S, D>): Tensor<S, D> =>
  empty(x.shape, x.dtype) as Tensor<S, D>;

/** `values` in the shape and dtype of `x`. */
export function vectorLike<F extends number, D extends FloatDType>(
  x: Vector<F, D>,
  values: Float64Array,
): Vector<F, D> {
  const vector = like(x);
  vector.data.set(values);
  return vector;
}
