import { loadPair, storeInRow } from "./pair";
import { exp, log } from "./portable-math";

// Kernels along the rows of x[rows, columns]. Sums run element by element in float64; `exponentials` is room for one
// row of float64.

/** The greatest of a row; NaN if one of them is NaN. */
function greatest<T extends number>(x: usize, columns: usize): v128 {
  let max: f64 = -Infinity;
  for (let j: usize = 0; j < columns; j++) max = Math.max(max, load<T>(x + j * sizeof<T>()) as f64);
  return f64x2.splat(max);
}

/** exponentials = exp(x − max); returns their sum. */
function exponentiate<T extends number>(exponentials: usize, x: usize, max: v128, columns: usize): f64 {
  let sum: f64 = 0;
  for (let j: usize = 0; j < columns; j += 2) {
    const e = exp(f64x2.sub(loadPair<T>(x + j * sizeof<T>()), max));
    v128.store(exponentials + 8 * j, e);
    sum += f64x2.extract_lane(e, 0);
    if (j + 1 < columns) sum += f64x2.extract_lane(e, 1);
  }
  return sum;
}

function logOf(x: f64): f64 {
  return f64x2.extract_lane(log(f64x2.splat(x)), 0);
}

/** y = eˣ/Σ eˣ. */
function softmax<T extends number>(
  y: usize,
  x: usize,
  exponentials: usize,
  rows: usize,
  columns: usize,
): void {
  for (let i: usize = 0; i < rows; i++) {
    const sum = f64x2.splat(exponentiate<T>(exponentials, x, greatest<T>(x, columns), columns));
    for (let j: usize = 0; j < columns; j += 2) {
      storeInRow<T>(y, j, columns, f64x2.div(v128.load(exponentials + 8 * j), sum));
    }
    x += columns * sizeof<T>();
    y += columns * sizeof<T>();
  }
}

/** dx = y·(dy − Σ dy·y). */
function softmaxBackward<T extends number>(
  dx: usize,
  dy: usize,
  y: usize,
  rows: usize,
  columns: usize,
): void {
  for (let i: usize = 0; i < rows; i++) {
    let sum: f64 = 0;
    for (let j: usize = 0; j < columns; j++) {
      sum += (load<T>(dy + j * sizeof<T>()) as f64) * (load<T>(y + j * sizeof<T>()) as f64);
    }
    for (let j: usize = 0; j < columns; j += 2) {
      const difference = f64x2.sub(loadPair<T>(dy + j * sizeof<T>()), f64x2.splat(sum));
      storeInRow<T>(dx, j, columns, f64x2.mul(loadPair<T>(y + j * sizeof<T>()), difference));
    }
    y += columns * sizeof<T>();
    dy += columns * sizeof<T>();
    dx += columns * sizeof<T>();
  }
}

/** y = x − log Σ eˣ. */
function logSoftmax<T extends number>(
  y: usize,
  x: usize,
  exponentials: usize,
  rows: usize,
  columns: usize,
): void {
  for (let i: usize = 0; i < rows; i++) {
    const max = greatest<T>(x, columns);
    const logSum = f64x2.splat(logOf(exponentiate<T>(exponentials, x, max, columns)));
    for (let j: usize = 0; j < columns; j += 2) {
      storeInRow<T>(y, j, columns, f64x2.sub(f64x2.sub(loadPair<T>(x + j * sizeof<T>()), max), logSum));
    }
    x += columns * sizeof<T>();
    y += columns * sizeof<T>();
  }
}

/** dx = dy − eʸ·Σ dy. */
function logSoftmaxBackward<T extends number>(
  dx: usize,
  dy: usize,
  y: usize,
  rows: usize,
  columns: usize,
): void {
  for (let i: usize = 0; i < rows; i++) {
    let sum: f64 = 0;
    for (let j: usize = 0; j < columns; j++) sum += load<T>(dy + j * sizeof<T>()) as f64;
    for (let j: usize = 0; j < columns; j += 2) {
      const share = f64x2.mul(exp(loadPair<T>(y + j * sizeof<T>())), f64x2.splat(sum));
      storeInRow<T>(dx, j, columns, f64x2.sub(loadPair<T>(dy + j * sizeof<T>()), share));
    }
    y += columns * sizeof<T>();
    dy += columns * sizeof<T>();
    dx += columns * sizeof<T>();
  }
}

/** Of one row: dlogits = scale·(softmax(logits) − [j = label]). Returns −log softmax(logits)[label]. */
function softmaxCrossEntropy<T extends number>(
  dlogits: usize,
  logits: usize,
  exponentials: usize,
  classes: usize,
  label: usize,
  scale: f64,
): f64 {
  const max = greatest<T>(logits, classes);
  const sum = exponentiate<T>(exponentials, logits, max, classes);
  const shifted = (load<T>(logits + label * sizeof<T>()) as f64) - f64x2.extract_lane(max, 0);
  const share = load<f64>(exponentials + 8 * label) / sum;
  for (let j: usize = 0; j < classes; j += 2) {
    const shares = f64x2.div(v128.load(exponentials + 8 * j), f64x2.splat(sum));
    storeInRow<T>(dlogits, j, classes, f64x2.mul(f64x2.splat(scale), shares));
  }
  store<T>(dlogits + label * sizeof<T>(), (scale * (share - 1)) as T);
  return logOf(sum) - shifted;
}

/** dlogits = scale·(softmax(logits)·Σ targets − targets). Returns `loss` − Σ targets·log softmax(logits). */
function weightedCrossEntropy<T extends number>(
  dlogits: usize,
  targets: usize,
  logits: usize,
  exponentials: usize,
  rows: usize,
  classes: usize,
  scale: f64,
  loss: f64,
): f64 {
  for (let i: usize = 0; i < rows; i++) {
    const max = greatest<T>(logits, classes);
    const sum = exponentiate<T>(exponentials, logits, max, classes);
    const logSum = logOf(sum);
    let weight: f64 = 0;
    for (let j: usize = 0; j < classes; j++) {
      const target = load<f64>(targets + 8 * j);
      weight += target;
      if (target !== 0 || sum !== sum) {
        const shifted = (load<T>(logits + j * sizeof<T>()) as f64) - f64x2.extract_lane(max, 0);
        loss += target * (logSum - shifted);
      }
    }
    for (let j: usize = 0; j < classes; j += 2) {
      const shares = f64x2.div(v128.load(exponentials + 8 * j), f64x2.splat(sum));
      const difference = f64x2.sub(f64x2.mul(shares, f64x2.splat(weight)), v128.load(targets + 8 * j));
      storeInRow<T>(dlogits, j, classes, f64x2.mul(f64x2.splat(scale), difference));
    }
    dlogits += classes * sizeof<T>();
    logits += classes * sizeof<T>();
    targets += classes * 8;
  }
  return loss;
}

/** Of one row: y = γ·(x − mean)·r + β. */
function normalizeRow<T extends number>(
  y: usize,
  x: usize,
  gamma: usize,
  beta: usize,
  columns: usize,
  mean: f64,
  r: f64,
): void {
  for (let j: usize = 0; j < columns; j += 2) {
    const d = f64x2.sub(loadPair<T>(x + j * sizeof<T>()), f64x2.splat(mean));
    const scaled = f64x2.mul(v128.load(gamma + 8 * j), f64x2.mul(d, f64x2.splat(r)));
    storeInRow<T>(y, j, columns, f64x2.add(scaled, v128.load(beta + 8 * j)));
  }
}

/** Of one row: dx = r·(g − meanⱼ(g) − x̂·meanⱼ(g·x̂)) with g = dy·γ; dGamma += dy·x̂, dBeta += dy. */
function normalizeRowBackward<T extends number>(
  dx: usize,
  dy: usize,
  x: usize,
  gamma: usize,
  dGamma: usize,
  dBeta: usize,
  columns: usize,
  mean: f64,
  r: f64,
): void {
  // Σ g and Σ g·x̂, side by side.
  let sums = f64x2.splat(0);
  for (let j: usize = 0; j < columns; j += 2) {
    const at: usize = 8 * j;
    const gradient = loadPair<T>(dy + j * sizeof<T>());
    const xhat = f64x2.mul(f64x2.sub(loadPair<T>(x + j * sizeof<T>()), f64x2.splat(mean)), f64x2.splat(r));
    v128.store(dBeta + at, f64x2.add(v128.load(dBeta + at), gradient));
    v128.store(dGamma + at, f64x2.add(v128.load(dGamma + at), f64x2.mul(gradient, xhat)));
    const g = f64x2.mul(gradient, v128.load(gamma + at));
    const gXhat = f64x2.mul(g, xhat);
    sums = f64x2.add(sums, v128.shuffle<f64>(g, gXhat, 0, 2));
    if (j + 1 < columns) sums = f64x2.add(sums, v128.shuffle<f64>(g, gXhat, 1, 3));
  }
  const meanG = f64x2.splat(f64x2.extract_lane(sums, 0) / (columns as f64));
  const meanGXhat = f64x2.splat(f64x2.extract_lane(sums, 1) / (columns as f64));
  for (let j: usize = 0; j < columns; j += 2) {
    const g = f64x2.mul(loadPair<T>(dy + j * sizeof<T>()), v128.load(gamma + 8 * j));
    const xhat = f64x2.mul(f64x2.sub(loadPair<T>(x + j * sizeof<T>()), f64x2.splat(mean)), f64x2.splat(r));
    const difference = f64x2.sub(f64x2.sub(g, meanG), f64x2.mul(xhat, meanGXhat));
    storeInRow<T>(dx, j, columns, f64x2.mul(f64x2.splat(r), difference));
  }
}

/** The same element of two rows. */
function loadTwo<T extends number>(x: usize, y: usize): v128 {
  return sizeof<T>() === 4
    ? f64x2.promote_low_f32x4(v128.load32_lane(y, v128.load32_zero(x), 1))
    : v128.load64_lane(y, v128.load64_zero(x), 1);
}

/** sums[i] = Σⱼ x[i, j], two rows side by side: a row alone would wait for each of its additions. */
function sumRows<T extends number>(x: usize, sums: usize, rows: usize, columns: usize): void {
  for (let i: usize = 0; i < rows; i += 2) {
    const below = i + 1 < rows ? x + columns * sizeof<T>() : x;
    v128.store(sums + 8 * i, sumTwo<T>(x, below, columns));
    x += 2 * columns * sizeof<T>();
  }
}

function sumTwo<T extends number>(x: usize, y: usize, columns: usize): v128 {
  let sum = f64x2.splat(0);
  for (let j: usize = 0; j < columns * sizeof<T>(); j += sizeof<T>()) {
    sum = f64x2.add(sum, loadTwo<T>(x + j, y + j));
  }
  return sum;
}

/** The mean and the biased variance of each row, by the corrected two-pass algorithm of the scalar engine. */
function momentsOfRows<T extends number>(
  x: usize,
  means: usize,
  variances: usize,
  rows: usize,
  columns: usize,
): void {
  const length = f64x2.splat(columns as f64);
  for (let i: usize = 0; i < rows; i += 2) {
    const below = i + 1 < rows ? x + columns * sizeof<T>() : x;
    const first = f64x2.div(sumTwo<T>(x, below, columns), length);
    let centred = f64x2.splat(0);
    let squares = f64x2.splat(0);
    for (let j: usize = 0; j < columns * sizeof<T>(); j += sizeof<T>()) {
      const d = f64x2.sub(loadTwo<T>(x + j, below + j), first);
      centred = f64x2.add(centred, d);
      squares = f64x2.add(squares, f64x2.mul(d, d));
    }
    const correction = f64x2.div(centred, length);
    const variance = f64x2.sub(f64x2.div(squares, length), f64x2.mul(correction, correction));
    v128.store(means + 8 * i, f64x2.add(first, correction));
    v128.store(variances + 8 * i, f64x2.max(f64x2.splat(0), variance));
    x += 2 * columns * sizeof<T>();
  }
}

export function softmaxFloat32(y: usize, x: usize, exponentials: usize, rows: usize, columns: usize): void {
  softmax<f32>(y, x, exponentials, rows, columns);
}

export function softmaxFloat64(y: usize, x: usize, exponentials: usize, rows: usize, columns: usize): void {
  softmax<f64>(y, x, exponentials, rows, columns);
}

export function softmaxBackwardFloat32(dx: usize, dy: usize, y: usize, rows: usize, columns: usize): void {
  softmaxBackward<f32>(dx, dy, y, rows, columns);
}

export function softmaxBackwardFloat64(dx: usize, dy: usize, y: usize, rows: usize, columns: usize): void {
  softmaxBackward<f64>(dx, dy, y, rows, columns);
}

export function logSoftmaxFloat32(
  y: usize,
  x: usize,
  exponentials: usize,
  rows: usize,
  columns: usize,
): void {
  logSoftmax<f32>(y, x, exponentials, rows, columns);
}

export function logSoftmaxFloat64(
  y: usize,
  x: usize,
  exponentials: usize,
  rows: usize,
  columns: usize,
): void {
  logSoftmax<f64>(y, x, exponentials, rows, columns);
}

export function logSoftmaxBackwardFloat32(dx: usize, dy: usize, y: usize, rows: usize, columns: usize): void {
  logSoftmaxBackward<f32>(dx, dy, y, rows, columns);
}

export function logSoftmaxBackwardFloat64(dx: usize, dy: usize, y: usize, rows: usize, columns: usize): void {
  logSoftmaxBackward<f64>(dx, dy, y, rows, columns);
}

export function softmaxCrossEntropyFloat32(
  dlogits: usize,
  logits: usize,
  exponentials: usize,
  classes: usize,
  label: usize,
  scale: f64,
): f64 {
  return softmaxCrossEntropy<f32>(dlogits, logits, exponentials, classes, label, scale);
}

export function softmaxCrossEntropyFloat64(
  dlogits: usize,
  logits: usize,
  exponentials: usize,
  classes: usize,
  label: usize,
  scale: f64,
): f64 {
  return softmaxCrossEntropy<f64>(dlogits, logits, exponentials, classes, label, scale);
}

export function weightedCrossEntropyFloat32(
  dlogits: usize,
  targets: usize,
  logits: usize,
  exponentials: usize,
  rows: usize,
  classes: usize,
  scale: f64,
  loss: f64,
): f64 {
  return weightedCrossEntropy<f32>(dlogits, targets, logits, exponentials, rows, classes, scale, loss);
}

export function weightedCrossEntropyFloat64(
  dlogits: usize,
  targets: usize,
  logits: usize,
  exponentials: usize,
  rows: usize,
  classes: usize,
  scale: f64,
  loss: f64,
): f64 {
  return weightedCrossEntropy<f64>(dlogits, targets, logits, exponentials, rows, classes, scale, loss);
}

export function normalizeRowFloat32(
  y: usize,
  x: usize,
  gamma: usize,
  beta: usize,
  columns: usize,
  mean: f64,
  r: f64,
): void {
  normalizeRow<f32>(y, x, gamma, beta, columns, mean, r);
}

export function normalizeRowFloat64(
  y: usize,
  x: usize,
  gamma: usize,
  beta: usize,
  columns: usize,
  mean: f64,
  r: f64,
): void {
  normalizeRow<f64>(y, x, gamma, beta, columns, mean, r);
}

export function normalizeRowBackwardFloat32(
  dx: usize,
  dy: usize,
  x: usize,
  gamma: usize,
  dGamma: usize,
  dBeta: usize,
  columns: usize,
  mean: f64,
  r: f64,
): void {
  normalizeRowBackward<f32>(dx, dy, x, gamma, dGamma, dBeta, columns, mean, r);
}

export function normalizeRowBackwardFloat64(
  dx: usize,
  dy: usize,
  x: usize,
  gamma: usize,
  dGamma: usize,
  dBeta: usize,
  columns: usize,
  mean: f64,
  r: f64,
): void {
  normalizeRowBackward<f64>(dx, dy, x, gamma, dGamma, dBeta, columns, mean, r);
}

export function sumRowsFloat32(x: usize, sums: usize, rows: usize, columns: usize): void {
  sumRows<f32>(x, sums, rows, columns);
}

export function sumRowsFloat64(x: usize, sums: usize, rows: usize, columns: usize): void {
  sumRows<f64>(x, sums, rows, columns);
}

export function momentsOfRowsFloat32(
  x: usize,
  means: usize,
  variances: usize,
  rows: usize,
  columns: usize,
): void {
  momentsOfRows<f32>(x, means, variances, rows, columns);
}

export function momentsOfRowsFloat64(
  x: usize,
  means: usize,
  variances: usize,
  rows: usize,
  columns: usize,
): void {
  momentsOfRows<f64>(x, means, variances, rows, columns);
}
