import { type FloatDType, type Shape, type Tensor, zeros } from "@handgrad/tensor";

/** A new tensor of zeros with the shape and dtype of `x`. */
export const like = <S extends Shape, D extends FloatDType>(x: Tensor<S, D>): Tensor<S, D> =>
  zeros(x.shape, x.dtype) as Tensor<S, D>;
