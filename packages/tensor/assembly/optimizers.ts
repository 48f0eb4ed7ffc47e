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

/**
 * nextSquares = decay·squares + (1 − decay)·g²; where `centered`, nextMeans = decay·means + (1 − decay)·g and
 * s = max(0, nextSquares − nextMeans²), else s = nextSquares; d = g/(√s + epsilon). next = value − learningRate·d;
 * where `moving`, nextVelocity = momentum·velocity + d takes the place of d.
 */
function rmsprop<T extends number>(
  next: usize,
  nextSquares: usize,
  nextMeans: usize,
  nextVelocity: usize,
  value: usize,
  grad: usize,
  squares: usize,
  means: usize,
  velocity: usize,
  length: usize,
  learningRate: f64,
  weightDecay: f64,
  decay: f64,
  momentum: f64,
  epsilon: f64,
  centered: bool,
  moving: bool,
): void {
  const past = f64x2.splat(decay);
  const present = f64x2.splat(1 - decay);
  for (let i: usize = 0; i < length * sizeof<T>(); i += 2 * sizeof<T>()) {
    const old = loadPair<T>(value + i);
    const g = decayed(loadPair<T>(grad + i), old, weightDecay);
    const pastSquares = f64x2.mul(past, loadPair<T>(squares + i));
    storePair<T>(nextSquares + i, f64x2.add(pastSquares, f64x2.mul(present, f64x2.mul(g, g))));
    let s = loadPair<T>(nextSquares + i);
    if (centered) {
      const pastMeans = f64x2.mul(past, loadPair<T>(means + i));
      storePair<T>(nextMeans + i, f64x2.add(pastMeans, f64x2.mul(present, g)));
      const mean = loadPair<T>(nextMeans + i);
      s = f64x2.max(f64x2.splat(0), f64x2.sub(s, f64x2.mul(mean, mean)));
    }
    let step = f64x2.div(g, f64x2.add(f64x2.sqrt(s), f64x2.splat(epsilon)));
    if (moving) {
      const pastVelocity = f64x2.mul(f64x2.splat(momentum), loadPair<T>(velocity + i));
      storePair<T>(nextVelocity + i, f64x2.add(pastVelocity, step));
      step = loadPair<T>(nextVelocity + i);
    }
    storePair<T>(next + i, f64x2.sub(old, f64x2.mul(f64x2.splat(learningRate), step)));
  }
}

/** nextSum = sum + g²; next = value − learningRate·g/(√nextSum + epsilon). */
function adagrad<T extends number>(
  next: usize,
  nextSum: usize,
  value: usize,
  grad: usize,
  sum: usize,
  length: usize,
  learningRate: f64,
  weightDecay: f64,
  epsilon: f64,
): void {
  for (let i: usize = 0; i < length * sizeof<T>(); i += 2 * sizeof<T>()) {
    const old = loadPair<T>(value + i);
    const g = decayed(loadPair<T>(grad + i), old, weightDecay);
    storePair<T>(nextSum + i, f64x2.add(loadPair<T>(sum + i), f64x2.mul(g, g)));
    const deviation = f64x2.add(f64x2.sqrt(loadPair<T>(nextSum + i)), f64x2.splat(epsilon));
    const step = f64x2.div(f64x2.mul(f64x2.splat(learningRate), g), deviation);
    storePair<T>(next + i, f64x2.sub(old, step));
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

export function rmspropFloat32(
  next: usize,
  nextSquares: usize,
  nextMeans: usize,
  nextVelocity: usize,
  value: usize,
  grad: usize,
  squares: usize,
  means: usize,
  velocity: usize,
  length: usize,
  learningRate: f64,
  weightDecay: f64,
  decay: f64,
  momentum: f64,
  epsilon: f64,
  centered: bool,
  moving: bool,
): void {
  rmsprop<f32>(
    next,
    nextSquares,
    nextMeans,
    nextVelocity,
    value,
    grad,
    squares,
    means,
    velocity,
    length,
    learningRate,
    weightDecay,
    decay,
    momentum,
    epsilon,
    centered,
    moving,
  );
}

export function rmspropFloat64(
  next: usize,
  nextSquares: usize,
  nextMeans: usize,
  nextVelocity: usize,
  value: usize,
  grad: usize,
  squares: usize,
  means: usize,
  velocity: usize,
  length: usize,
  learningRate: f64,
  weightDecay: f64,
  decay: f64,
  momentum: f64,
  epsilon: f64,
  centered: bool,
  moving: bool,
): void {
  rmsprop<f64>(
    next,
    nextSquares,
    nextMeans,
    nextVelocity,
    value,
    grad,
    squares,
    means,
    velocity,
    length,
    learningRate,
    weightDecay,
    decay,
    momentum,
    epsilon,
    centered,
    moving,
  );
}

export function adagradFloat32(
  next: usize,
  nextSum: usize,
  value: usize,
  grad: usize,
  sum: usize,
  length: usize,
  learningRate: f64,
  weightDecay: f64,
  epsilon: f64,
): void {
  adagrad<f32>(next, nextSum, value, grad, sum, length, learningRate, weightDecay, epsilon);
}

export function adagradFloat64(
  next: usize,
  nextSum: usize,
  value: usize,
  grad: usize,
  sum: usize,
  length: usize,
  learningRate: f64,
  weightDecay: f64,
  epsilon: f64,
): void {
  adagrad<f64>(next, nextSum, value, grad, sum, length, learningRate, weightDecay, epsilon);
}
