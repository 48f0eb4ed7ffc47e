import type { FloatData } from "../../dtype.js";
import { exp, log, log1p, sigmoid } from "../../portable-math.js";
import { greatest } from "./softmax.js";

export function weightedCrossEntropy(
  dlogits: FloatData,
  logits: FloatData,
  targets: Float64Array,
  scale: number,
  rows: number,
  classes: number,
): number {
  const exponentials = new Float64Array(classes);
  let loss = 0;
  for (let i = 0; i < rows; i++) {
    const row = i * classes;
    const max = greatest(logits, row, classes);
    let sum = 0;
    let weight = 0;
    for (let j = 0; j < classes; j++) {
      exponentials[j] = exp(logits[row + j] - max);
      sum += exponentials[j];
      weight += targets[row + j];
    }
    const logSum = log(sum);
    for (let j = 0; j < classes; j++) {
      const target = targets[row + j];
      // A logit of −Infinity is no loss where nothing is expected of it: 0·∞ would be NaN.
      if (target !== 0 || sum !== sum) loss += target * (logSum - (logits[row + j] - max));
      dlogits[row + j] = scale * ((exponentials[j] / sum) * weight - target);
    }
  }
  return loss;
}

export function binaryCrossEntropy(
  dlogits: FloatData,
  logits: FloatData,
  targets: FloatData,
  scale: number,
): number {
  let loss = 0;
  for (let i = 0; i < logits.length; i++) {
    const z = logits[i];
    const t = targets[i];
    loss += Math.max(z, 0) - z * t + log1p(exp(-Math.abs(z)));
    // σ(z) − t for t near 1 is 1 − t less the other tail, which keeps the digits of a small gradient.
    dlogits[i] = scale * (t > 0.5 ? 1 - t - sigmoid(-z) : sigmoid(z) - t);
  }
  return loss;
}

export function squaredError(
  dpredictions: FloatData,
  predictions: FloatData,
  targets: FloatData,
  scale: number,
): number {
  let total = 0;
  for (let i = 0; i < predictions.length; i++) {
    const difference = predictions[i] - targets[i];
    total += difference * difference;
    dpredictions[i] = 2 * scale * difference;
  }
  return total;
}
