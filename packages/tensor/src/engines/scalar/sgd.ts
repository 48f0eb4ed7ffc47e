import type { FloatData } from "../../dtype.js";
import { decayed } from "./weight-decay.js";

export function sgd(value: FloatData, grad: FloatData, learningRate: number, weightDecay: number): void {
  for (let i = 0; i < value.length; i++) value[i] -= learningRate * decayed(grad[i], value[i], weightDecay);
}

export function sgdMomentum(
  value: FloatData,
  grad: FloatData,
  velocity: FloatData,
  learningRate: number,
  weightDecay: number,
  momentum: number,
  nesterov: boolean,
): void {
  for (let i = 0; i < value.length; i++) {
    const g = decayed(grad[i], value[i], weightDecay);
    velocity[i] = momentum * velocity[i] + g;
    value[i] -= learningRate * (nesterov ? g + momentum * velocity[i] : velocity[i]);
  }
}
