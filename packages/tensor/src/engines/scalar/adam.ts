import type { FloatData } from "../../dtype.js";
import { decayed } from "./weight-decay.js";

export function adam(
  value: FloatData,
  grad: FloatData,
  m: FloatData,
  v: FloatData,
  learningRate: number,
  weightDecay: number,
  decoupled: boolean,
  beta1: number,
  beta2: number,
  correction1: number,
  correction2: number,
  epsilon: number,
): void {
  const keep = decoupled ? 1 - learningRate * weightDecay : 1;
  const l2 = decoupled ? 0 : weightDecay;
  const rate = learningRate / correction1;
  const root2 = Math.sqrt(correction2);
  for (let i = 0; i < value.length; i++) {
    const g = decayed(grad[i], value[i], l2);
    m[i] = beta1 * m[i] + (1 - beta1) * g;
    v[i] = beta2 * v[i] + (1 - beta2) * (g * g);
    value[i] = keep * value[i] - (rate * m[i]) / (Math.sqrt(v[i]) / root2 + epsilon);
  }
}
