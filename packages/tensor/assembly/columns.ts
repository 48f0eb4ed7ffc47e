import { loadPair, storeInRow } from "./pair";

// Rows of x[rows, columns] with one float64 for each column, as the scalar engine computes: x̂ = (x − mean)·r.
// The float64 vectors have room for an even number of columns. Sums over rows do `columns` of the `pitch` that a row has.

/** sums[j] += Σᵢ x[i, j]. */
function addRows<T extends number>(x: usize, sums: usize, rows: usize, columns: usize, pitch: usize): void {
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < columns; j += 2) {
      const sum = sums + 8 * j;
      v128.store(sum, f64x2.add(v128.load(sum), loadPair<T>(x + j * sizeof<T>())));
    }
    x += pitch * sizeof<T>();
  }
}

/** y[i, j] = x[i, j] + row[j]. */
function addRow<T extends number>(y: usize, x: usize, row: usize, rows: usize, columns: usize): void {
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < columns; j += 2) {
      storeInRow<T>(y, j, columns, f64x2.add(loadPair<T>(x + j * sizeof<T>()), v128.load(row + 8 * j)));
    }
    x += columns * sizeof<T>();
    y += columns * sizeof<T>();
  }
}

/** centred[j] += Σᵢ (x[i, j] − mean[j]), squares[j] += Σᵢ (x[i, j] − mean[j])². */
function addCentredRows<T extends number>(
  x: usize,
  mean: usize,
  centred: usize,
  squares: usize,
  rows: usize,
  columns: usize,
  pitch: usize,
): void {
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < columns; j += 2) {
      const at: usize = 8 * j;
      const d = f64x2.sub(loadPair<T>(x + j * sizeof<T>()), v128.load(mean + at));
      v128.store(centred + at, f64x2.add(v128.load(centred + at), d));
      v128.store(squares + at, f64x2.add(v128.load(squares + at), f64x2.mul(d, d)));
    }
    x += pitch * sizeof<T>();
  }
}

/** greatest[j] = the greatest of greatest[j] and x[·, j], NaN if one of them is NaN. */
function greatestRows<T extends number>(x: usize, greatest: usize, rows: usize, columns: usize): void {
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < columns; j += 2) {
      const old = v128.load(greatest + 8 * j);
      const value = loadPair<T>(x + j * sizeof<T>());
      v128.store(greatest + 8 * j, v128.bitselect(value, old, isGreater(value, old)));
    }
    x += columns * sizeof<T>();
  }
}

/** The same, and positions[j] = start + the first i whose x[i, j] is greater than what was greatest before. */
function greatestPositions<T extends number>(
  x: usize,
  greatest: usize,
  positions: usize,
  rows: usize,
  columns: usize,
  start: f64,
): void {
  for (let i: usize = 0; i < rows; i++) {
    const position = f64x2.splat(start + (i as f64));
    for (let j: usize = 0; j < columns; j += 2) {
      const at: usize = 8 * j;
      const old = v128.load(greatest + at);
      const value = loadPair<T>(x + j * sizeof<T>());
      const greater = isGreater(value, old);
      v128.store(greatest + at, v128.bitselect(value, old, greater));
      v128.store(positions + at, v128.bitselect(position, v128.load(positions + at), greater));
    }
    x += columns * sizeof<T>();
  }
}

/** NaN is greater than any number; of two NaN, or of 0 and −0, neither is. */
function isGreater(value: v128, old: v128): v128 {
  const firstNaN = v128.andnot(f64x2.ne(value, value), f64x2.ne(old, old));
  return v128.or(f64x2.gt(value, old), firstNaN);
}

/** y = γ·x̂ + β. */
function normalize<T extends number>(
  y: usize,
  x: usize,
  mean: usize,
  r: usize,
  gamma: usize,
  beta: usize,
  rows: usize,
  columns: usize,
): void {
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < columns; j += 2) {
      const at: usize = 8 * j;
      const d = f64x2.sub(loadPair<T>(x + j * sizeof<T>()), v128.load(mean + at));
      const xhat = f64x2.mul(d, v128.load(r + at));
      const scaled = f64x2.mul(v128.load(gamma + at), xhat);
      storeInRow<T>(y, j, columns, f64x2.add(scaled, v128.load(beta + at)));
    }
    x += columns * sizeof<T>();
    y += columns * sizeof<T>();
  }
}

/** sumDy[j] += Σᵢ dy[i, j], sumDyXhat[j] += Σᵢ dy[i, j]·x̂[i, j]. */
function normalizeSums<T extends number>(
  dy: usize,
  x: usize,
  mean: usize,
  r: usize,
  sumDy: usize,
  sumDyXhat: usize,
  rows: usize,
  columns: usize,
  pitch: usize,
): void {
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < columns; j += 2) {
      const at: usize = 8 * j;
      const gradient = loadPair<T>(dy + j * sizeof<T>());
      const d = f64x2.sub(loadPair<T>(x + j * sizeof<T>()), v128.load(mean + at));
      const xhat = f64x2.mul(d, v128.load(r + at));
      v128.store(sumDy + at, f64x2.add(v128.load(sumDy + at), gradient));
      v128.store(sumDyXhat + at, f64x2.add(v128.load(sumDyXhat + at), f64x2.mul(gradient, xhat)));
    }
    x += pitch * sizeof<T>();
    dy += pitch * sizeof<T>();
  }
}

/** dx = scale·(dy − meanDy − x̂·meanDyXhat), where scale is γ·r. */
function normalizeTrainBackward<T extends number>(
  dx: usize,
  dy: usize,
  x: usize,
  mean: usize,
  r: usize,
  scale: usize,
  meanDy: usize,
  meanDyXhat: usize,
  rows: usize,
  columns: usize,
): void {
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < columns; j += 2) {
      const at: usize = 8 * j;
      const d = f64x2.sub(loadPair<T>(x + j * sizeof<T>()), v128.load(mean + at));
      const xhat = f64x2.mul(d, v128.load(r + at));
      const centred = f64x2.sub(loadPair<T>(dy + j * sizeof<T>()), v128.load(meanDy + at));
      const difference = f64x2.sub(centred, f64x2.mul(xhat, v128.load(meanDyXhat + at)));
      storeInRow<T>(dx, j, columns, f64x2.mul(v128.load(scale + at), difference));
    }
    x += columns * sizeof<T>();
    dy += columns * sizeof<T>();
    dx += columns * sizeof<T>();
  }
}

export function addRowsFloat32(x: usize, sums: usize, rows: usize, columns: usize, pitch: usize): void {
  addRows<f32>(x, sums, rows, columns, pitch);
}

export function addRowsFloat64(x: usize, sums: usize, rows: usize, columns: usize, pitch: usize): void {
  addRows<f64>(x, sums, rows, columns, pitch);
}

export function addCentredRowsFloat32(
  x: usize,
  mean: usize,
  centred: usize,
  squares: usize,
  rows: usize,
  columns: usize,
  pitch: usize,
): void {
  addCentredRows<f32>(x, mean, centred, squares, rows, columns, pitch);
}

export function addCentredRowsFloat64(
  x: usize,
  mean: usize,
  centred: usize,
  squares: usize,
  rows: usize,
  columns: usize,
  pitch: usize,
): void {
  addCentredRows<f64>(x, mean, centred, squares, rows, columns, pitch);
}

export function normalizeFloat32(
  y: usize,
  x: usize,
  mean: usize,
  r: usize,
  gamma: usize,
  beta: usize,
  rows: usize,
  columns: usize,
): void {
  normalize<f32>(y, x, mean, r, gamma, beta, rows, columns);
}

export function normalizeFloat64(
  y: usize,
  x: usize,
  mean: usize,
  r: usize,
  gamma: usize,
  beta: usize,
  rows: usize,
  columns: usize,
): void {
  normalize<f64>(y, x, mean, r, gamma, beta, rows, columns);
}

export function normalizeSumsFloat32(
  dy: usize,
  x: usize,
  mean: usize,
  r: usize,
  sumDy: usize,
  sumDyXhat: usize,
  rows: usize,
  columns: usize,
  pitch: usize,
): void {
  normalizeSums<f32>(dy, x, mean, r, sumDy, sumDyXhat, rows, columns, pitch);
}

export function normalizeSumsFloat64(
  dy: usize,
  x: usize,
  mean: usize,
  r: usize,
  sumDy: usize,
  sumDyXhat: usize,
  rows: usize,
  columns: usize,
  pitch: usize,
): void {
  normalizeSums<f64>(dy, x, mean, r, sumDy, sumDyXhat, rows, columns, pitch);
}

export function normalizeTrainBackwardFloat32(
  dx: usize,
  dy: usize,
  x: usize,
  mean: usize,
  r: usize,
  scale: usize,
  meanDy: usize,
  meanDyXhat: usize,
  rows: usize,
  columns: usize,
): void {
  normalizeTrainBackward<f32>(dx, dy, x, mean, r, scale, meanDy, meanDyXhat, rows, columns);
}

export function normalizeTrainBackwardFloat64(
  dx: usize,
  dy: usize,
  x: usize,
  mean: usize,
  r: usize,
  scale: usize,
  meanDy: usize,
  meanDyXhat: usize,
  rows: usize,
  columns: usize,
): void {
  normalizeTrainBackward<f64>(dx, dy, x, mean, r, scale, meanDy, meanDyXhat, rows, columns);
}

export function addRowFloat32(y: usize, x: usize, row: usize, rows: usize, columns: usize): void {
  addRow<f32>(y, x, row, rows, columns);
}

export function addRowFloat64(y: usize, x: usize, row: usize, rows: usize, columns: usize): void {
  addRow<f64>(y, x, row, rows, columns);
}

export function greatestRowsFloat32(x: usize, greatest: usize, rows: usize, columns: usize): void {
  greatestRows<f32>(x, greatest, rows, columns);
}

export function greatestRowsFloat64(x: usize, greatest: usize, rows: usize, columns: usize): void {
  greatestRows<f64>(x, greatest, rows, columns);
}

export function greatestPositionsFloat32(
  x: usize,
  greatest: usize,
  positions: usize,
  rows: usize,
  columns: usize,
  start: f64,
): void {
  greatestPositions<f32>(x, greatest, positions, rows, columns, start);
}

export function greatestPositionsFloat64(
  x: usize,
  greatest: usize,
  positions: usize,
  rows: usize,
  columns: usize,
  start: f64,
): void {
  greatestPositions<f64>(x, greatest, positions, rows, columns, start);
}
