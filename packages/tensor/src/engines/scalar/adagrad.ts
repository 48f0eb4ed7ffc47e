import type { FloatData } from "../../dtype.js";
import { decayed } from "./weight-decay.js";

export function adagrad(
  value: FloatData,
  grad: FloatData,
  sum: FloatData,
  learningRate: number,
  weightDecay: number,
  epsilon: number,
): void {
  for (let i = 0; i < value.length; i++) {
    const g = decayed(grad[i], value[i], weightDecay);
    sum[i] += g * g;
    value[i] -= (learningRate * g) / (Math.sqrt(sum[i]) + epsilon);
  }
}
