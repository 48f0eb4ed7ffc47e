import { type FloatDType, kernels, resident, type Shape, type Tensor, zeros } from "@handgrad/tensor";
import type { Parameter } from "./layer.js";

/** A copy of `value` as a parameter, with a gradient of zeros. */
export const parameter = <S extends Shape, D extends FloatDType>(value: Tensor<S, D>): Parameter<S, D> => ({
  value: resident(value),
  grad: resident(zeros(value.shape, value.dtype) as Tensor<S, D>),
});

/** grad += delta, both [F]. */
export function addGradient(grad: Tensor<Shape, FloatDType>, delta: Tensor<Shape, FloatDType>): void {
  kernels().addRow(grad.data, delta.data, 1, delta.data.length);
}
