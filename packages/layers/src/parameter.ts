import { type FloatDType, kernels, type Shape, type Tensor } from "@handgrad/tensor";
import type { Parameter } from "./layer.js";
import { like } from "./like.js";

/** `value` as a parameter, with a gradient of zeros. */
export const parameter = <S extends Shape, D extends FloatDType>(value: Tensor<S, D>): Parameter<S, D> => ({
  value,
  grad: like(value),
});

/** grad += delta, both [F]. */
export function addGradient(grad: Tensor<Shape, FloatDType>, delta: Tensor<Shape, FloatDType>): void {
  kernels().addRow(grad.data, delta.data, 1, delta.data.length);
}
