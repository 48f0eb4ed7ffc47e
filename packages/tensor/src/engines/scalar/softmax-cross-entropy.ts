import type { FloatData } from "../../dtype.js";
import { exp, log } from "../../portable-math.js";

export function softmaxCrossEntropy(
  dlogits: FloatData,
  logits: FloatData,
  labels: ArrayLike<number>,
  scale: number,
  rows: number,
  classes: number,
): number {
  const exponentials = new Float64Array(classes);
  let loss = 0;
  for (let i = 0; i < rows; i++) {
    const row = i * classes;
    let max = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < classes; j++) max = Math.max(max, logits[row + j]);
    let sum = 0;
    for (let j = 0; j < classes; j++) {
      exponentials[j] = exp(logits[row + j] - max);
      sum += exponentials[j];
    }
    const label = labels[i];
    // Not log(sum) + max − logit: a great logit would take the digits of a small loss.
    loss += log(sum) - (logits[row + label] - max);
    for (let j = 0; j < classes; j++) {
      dlogits[row + j] = scale * (exponentials[j] / sum - (j === label ? 1 : 0));
    }
  }
  return loss;
}
