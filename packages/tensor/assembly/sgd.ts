import { loadPair, storePair } from "./pair";

/** next = value − learningRate·grad. */
function sgd<T extends number>(
  next: usize,
  value: usize,
  grad: usize,
  learningRate: f64,
  length: usize,
): void {
  const rate = f64x2.splat(learningRate);
  for (let i: usize = 0; i < length * sizeof<T>(); i += 2 * sizeof<T>()) {
    storePair<T>(next + i, f64x2.sub(loadPair<T>(value + i), f64x2.mul(rate, loadPair<T>(grad + i))));
  }
}

/** nextVelocity = momentum·velocity + grad; nextValue = value − learningRate·nextVelocity, as rounded. */
function sgdMomentum<T extends number>(
  nextValue: usize,
  nextVelocity: usize,
  value: usize,
  grad: usize,
  velocity: usize,
  learningRate: f64,
  momentum: f64,
  length: usize,
): void {
  const rate = f64x2.splat(learningRate);
  const weight = f64x2.splat(momentum);
  for (let i: usize = 0; i < length * sizeof<T>(); i += 2 * sizeof<T>()) {
    const past = f64x2.mul(weight, loadPair<T>(velocity + i));
    storePair<T>(nextVelocity + i, f64x2.add(past, loadPair<T>(grad + i)));
    const step = f64x2.mul(rate, loadPair<T>(nextVelocity + i));
    storePair<T>(nextValue + i, f64x2.sub(loadPair<T>(value + i), step));
  }
}

export function sgdFloat32(next: usize, value: usize, grad: usize, learningRate: f64, length: usize): void {
  sgd<f32>(next, value, grad, learningRate, length);
}

export function sgdFloat64(next: usize, value: usize, grad: usize, learningRate: f64, length: usize): void {
  sgd<f64>(next, value, grad, learningRate, length);
}

export function sgdMomentumFloat32(
  nextValue: usize,
  nextVelocity: usize,
  value: usize,
  grad: usize,
  velocity: usize,
  learningRate: f64,
  momentum: f64,
  length: usize,
): void {
  sgdMomentum<f32>(nextValue, nextVelocity, value, grad, velocity, learningRate, momentum, length);
}

export function sgdMomentumFloat64(
  nextValue: usize,
  nextVelocity: usize,
  value: usize,
  grad: usize,
  velocity: usize,
  learningRate: f64,
  momentum: f64,
  length: usize,
): void {
  sgdMomentum<f64>(nextValue, nextVelocity, value, grad, velocity, learningRate, momentum, length);
}
