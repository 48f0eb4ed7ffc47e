import { type FloatDType, type Shape, type Tensor, type Vector, zeros } from "@handgrad/tensor";

/** A new tensor of zeros with the shape and dtype of `x`. */
export const like = <S extends Shape, D extends FloatDType>(x: Tensor<S, D>): Tensor<S, D> =>
  zeros(x.shape, x.dtype) as Tensor<S, D>;

/** `values` in the shape and dtype of `x`. */
export function vectorLike<F extends number, D extends FloatDType>(
  x: Vector<F, D>,
  values: Float64Array,
): Vector<F, D> {
  const vector = like(x);
  vector.data.set(values);
  return vector;
}
