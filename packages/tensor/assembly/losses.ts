import { loadPair, storePair } from "./pair";
import { expOfMinusSize, log1p, sigmoidOf } from "./portable-math";

// Losses of single elements, each sum running on from what the call before returned.

/** dpredictions = 2·scale·(predictions − targets). Returns `total` + Σ (predictions − targets)². */
function squaredError<T extends number>(
  dpredictions: usize,
  predictions: usize,
  targets: usize,
  length: usize,
  scale: f64,
  total: f64,
): f64 {
  for (let i: usize = 0; i < length; i += 2) {
    const at = i * sizeof<T>();
    const difference = f64x2.sub(loadPair<T>(predictions + at), loadPair<T>(targets + at));
    const square = f64x2.mul(difference, difference);
    total += f64x2.extract_lane(square, 0);
    if (i + 1 < length) total += f64x2.extract_lane(square, 1);
    storePair<T>(dpredictions + at, f64x2.mul(f64x2.splat(2 * scale), difference));
  }
  return total;
}

/** dlogits = scale·(σ(z) − t). Returns `loss` + Σ max(z, 0) − z·t + log(1 + e^−|z|). */
function binaryCrossEntropy<T extends number>(
  dlogits: usize,
  logits: usize,
  targets: usize,
  length: usize,
  scale: f64,
  loss: f64,
): f64 {
  const one = f64x2.splat(1);
  for (let i: usize = 0; i < length; i += 2) {
    const at = i * sizeof<T>();
    const z = loadPair<T>(logits + at);
    const t = loadPair<T>(targets + at);
    const e = expOfMinusSize(z);
    const linear = f64x2.sub(f64x2.max(z, f64x2.splat(0)), f64x2.mul(z, t));
    const terms = f64x2.add(linear, log1p(e));
    loss += f64x2.extract_lane(terms, 0);
    if (i + 1 < length) loss += f64x2.extract_lane(terms, 1);
    const above = f64x2.sub(f64x2.sub(one, t), sigmoidOf(f64x2.neg(z), e));
    const below = f64x2.sub(sigmoidOf(z, e), t);
    const slope = v128.bitselect(above, below, f64x2.gt(t, f64x2.splat(0.5)));
    storePair<T>(dlogits + at, f64x2.mul(f64x2.splat(scale), slope));
  }
  return loss;
}

export function squaredErrorFloat32(
  dpredictions: usize,
  predictions: usize,
  targets: usize,
  length: usize,
  scale: f64,
  total: f64,
): f64 {
  return squaredError<f32>(dpredictions, predictions, targets, length, scale, total);
}

export function squaredErrorFloat64(
  dpredictions: usize,
  predictions: usize,
  targets: usize,
  length: usize,
  scale: f64,
  total: f64,
): f64 {
  return squaredError<f64>(dpredictions, predictions, targets, length, scale, total);
}

export function binaryCrossEntropyFloat32(
  dlogits: usize,
  logits: usize,
  targets: usize,
  length: usize,
  scale: f64,
  loss: f64,
): f64 {
  return binaryCrossEntropy<f32>(dlogits, logits, targets, length, scale, loss);
}

export function binaryCrossEntropyFloat64(
  dlogits: usize,
  logits: usize,
  targets: usize,
  length: usize,
  scale: f64,
  loss: f64,
): f64 {
  return binaryCrossEntropy<f64>(dlogits, logits, targets, length, scale, loss);
}
