import type { FloatData } from "../../dtype.js";

export function sgd(value: FloatData, grad: FloatData, learningRate: number): void {
  for (let i = 0; i < value.length; i++) value[i] -= learningRate * grad[i];
}

export function sgdMomentum(
  value: FloatData,
  grad: FloatData,
  velocity: FloatData,
  learningRate: number,
  momentum: number,
): void {
  for (let i = 0; i < value.length; i++) {
    velocity[i] = momentum * velocity[i] + grad[i];
    value[i] -= learningRate * velocity[i];
  }
}
