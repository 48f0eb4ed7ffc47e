import type { FloatData } from "../../dtype.js";
import { decayed } from "./weight-decay.js";

export function rmsprop(
  value: FloatData,
  grad: FloatData,
  squares: FloatData,
  means: FloatData | undefined,
  velocity: FloatData | undefined,
  learningRate: number,
  weightDecay: number,
  decay: number,
  momentum: number,
  epsilon: number,
): void {
  for (let i = 0; i < value.length; i++) {
    const g = decayed(grad[i], value[i], weightDecay);
    squares[i] = decay * squares[i] + (1 - decay) * (g * g);
    let s = squares[i];
    if (means) {
      means[i] = decay * means[i] + (1 - decay) * g;
      // A variance: where every gradient was the same, rounding may leave it below 0.
      s = Math.max(0, s - means[i] * means[i]);
    }
    let step = g / (Math.sqrt(s) + epsilon);
    if (velocity) {
      velocity[i] = momentum * velocity[i] + step;
      step = velocity[i];
    }
    value[i] -= learningRate * step;
  }
}
