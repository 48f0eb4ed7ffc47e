import { loadPair, storePair } from "./pair";

// Kernels read from one place and write to another, an element at a time: next is what was, after the step.

/** grad + weightDecay·value; without decay grad itself, because 0·∞ is not 0. */
function decayed(grad: v128, value: v128, weightDecay: f64): v128 {
  return weightDecay === 0 ? grad : f64x2.add(grad, f64x2.mul(f64x2.splat(weightDecay), value));
}

/** next = value − learningRate·g. */
function sgd<T extends number>(
  next: usize,
  value: usize,
  grad: usize,
  length: usize,
  learningRate: f64,
  weightDecay: f64,
): void {
  const rate = f64x2.splat(learningRate);
  for (let i: usize = 0; i < length * sizeof<T>(); i += 2 * sizeof<T>()) {
    const old = loadPair<T>(value + i);
    const g = decayed(loadPair<T>(grad + i), old, weightDecay);
    storePair<T>(next + i, f64x2.sub(old, f64x2.mul(rate, g)));
  }
}

/** nextVelocity = momentum·velocity + g; next = value − learningRate·(nesterov ? g + momentum·nextVelocity : nextVelocity). */
function sgdMomentum<T extends number>(
  next: usize,
  nextVelocity: usize,
  value: usize,
  grad: usize,
  velocity: usize,
  length: usize,
  learningRate: f64,
  weightDecay: f64,
  momentum: f64,
  nesterov: bool,
): void {
  const rate = f64x2.splat(learningRate);
  const weight = f64x2.splat(momentum);
  for (let i: usize = 0; i < length * sizeof<T>(); i += 2 * sizeof<T>()) {
    const old = loadPair<T>(value + i);
    const g = decayed(loadPair<T>(grad + i), old, weightDecay);
    const past = f64x2.mul(weight, loadPair<T>(velocity + i));
    storePair<T>(nextVelocity + i, f64x2.add(past, g));
    const moved = loadPair<T>(nextVelocity + i);
    const step = nesterov ? f64x2.add(g, f64x2.mul(weight, moved)) : moved;
    storePair<T>(next + i, f64x2.sub(old, f64x2.mul(rate, step)));
  }
}

/** nextM = beta1·m + (1 − beta1)·g; nextV = beta2·v + (1 − beta2)·g²; next = keep·value − rate·nextM/(√nextV/root + epsilon). */
function adam<T extends number>(
  next: usize,
  nextM: usize,
  nextV: usize,
  value: usize,
  grad: usize,
  m: usize,
  v: usize,
  length: usize,
  keep: f64,
  rate: f64,
  weightDecay: f64,
  beta1: f64,
  beta2: f64,
  root: f64,
  epsilon: f64,
): void {
  for (let i: usize = 0; i < length * sizeof<T>(); i += 2 * sizeof<T>()) {
    const old = loadPair<T>(value + i);
    const g = decayed(loadPair<T>(grad + i), old, weightDecay);
    const pastM = f64x2.mul(f64x2.splat(beta1), loadPair<T>(m + i));
    const pastV = f64x2.mul(f64x2.splat(beta2), loadPair<T>(v + i));
    storePair<T>(nextM + i, f64x2.add(pastM, f64x2.mul(f64x2.splat(1 - beta1), g)));
    storePair<T>(nextV + i, f64x2.add(pastV, f64x2.mul(f64x2.splat(1 - beta2), f64x2.mul(g, g))));
    const deviation = f64x2.div(f64x2.sqrt(loadPair<T>(nextV + i)), f64x2.splat(root));
    const step = f64x2.mul(f64x2.splat(rate), loadPair<T>(nextM + i));
    const kept = f64x2.mul(f64x2.splat(keep), old);
    storePair<T>(next + i, f64x2.sub(kept, f64x2.div(step, f64x2.add(deviation, f64x2.splat(epsilon)))));
  }
}

export function sgdFloat32(
  next: usize,
  value: usize,
  grad: usize,
  length: usize,
  learningRate: f64,
  weightDecay: f64,
): void {
  sgd<f32>(next, value, grad, length, learningRate, weightDecay);
}

export function sgdFloat64(
  next: usize,
  value: usize,
  grad: usize,
  length: usize,
  learningRate: f64,
  weightDecay: f64,
): void {
  sgd<f64>(next, value, grad, length, learningRate, weightDecay);
}

export function sgdMomentumFloat32(
  next: usize,
  nextVelocity: usize,
  value: usize,
  grad: usize,
  velocity: usize,
  length: usize,
  learningRate: f64,
  weightDecay: f64,
  momentum: f64,
  nesterov: bool,
): void {
  sgdMomentum<f32>(
    next,
    nextVelocity,
    value,
    grad,
    velocity,
    length,
    learningRate,
    weightDecay,
    momentum,
    nesterov,
  );
}

export function sgdMomentumFloat64(
  next: usize,
  nextVelocity: usize,
  value: usize,
  grad: usize,
  velocity: usize,
  length: usize,
  learningRate: f64,
  weightDecay: f64,
  momentum: f64,
  nesterov: bool,
): void {
  sgdMomentum<f64>(
    next,
    nextVelocity,
    value,
    grad,
    velocity,
    length,
    learningRate,
    weightDecay,
    momentum,
    nesterov,
  );
}

export function adamFloat32(
  next: usize,
  nextM: usize,
  nextV: usize,
  value: usize,
  grad: usize,
  m: usize,
  v: usize,
  length: usize,
  keep: f64,
  rate: f64,
  weightDecay: f64,
  beta1: f64,
  beta2: f64,
  root: f64,
  epsilon: f64,
): void {
  adam<f32>(
    next,
    nextM,
    nextV,
    value,
    grad,
    m,
    v,
    length,
    keep,
    rate,
    weightDecay,
    beta1,
    beta2,
    root,
    epsilon,
  );
}

export function adamFloat64(
  next: usize,
  nextM: usize,
  nextV: usize,
  value: usize,
  grad: usize,
  m: usize,
  v: usize,
  length: usize,
  keep: f64,
  rate: f64,
  weightDecay: f64,
  beta1: f64,
  beta2: f64,
  root: f64,
  epsilon: f64,
): void {
  adam<f64>(
    next,
    nextM,
    nextV,
    value,
    grad,
    m,
    v,
    length,
    keep,
    rate,
    weightDecay,
    beta1,
    beta2,
    root,
    epsilon,
  );
}
