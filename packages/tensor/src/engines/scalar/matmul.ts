import type { FloatData } from "../../dtype.js";

/**
 * out = op(a)·op(b) (+= where `accumulate`), for the shapes see `Kernels.matmul`.
 *
 * Each element is one running sum in the order of k that begins with what `out` holds, each product and each sum
 * rounded to the elements' precision: what vectors of that precision do, lane by lane, so that all engines agree
 * bit for bit. A zero of op(a) is left out: its terms are ±0 and change no sum, and in MNIST's first layer four of
 * five go away.
 */
export function matmul(
  out: FloatData,
  a: FloatData,
  b: FloatData,
  m: number,
  k: number,
  n: number,
  transposeA: boolean,
  transposeB: boolean,
  accumulate: boolean,
): void {
  if (accumulate) {
    // −0 + 0 is 0: whatever is left out below, a sum never is −0.
    for (let i = 0; i < out.length; i++) out[i] += 0;
  } else {
    out.fill(0);
  }
  const rows = transposeB ? transposed(b, n, k) : b;
  const skipZeros = allFinite(b);
  const addProduct = out instanceof Float32Array ? addProductFloat32 : addProductFloat64;
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      const value = a[transposeA ? p * m + i : i * k + p];
      if (value === 0 && skipZeros) continue;
      addProduct(out, i * n, value, rows, p * n, n);
    }
  }
}

/** out[to + j] += value·row[from + j]. */
function addProductFloat32(
  out: FloatData,
  to: number,
  value: number,
  row: FloatData,
  from: number,
  n: number,
): void {
  for (let j = 0; j < n; j++) out[to + j] += Math.fround(value * row[from + j]);
}

/** out[to + j] += value·row[from + j]. */
function addProductFloat64(
  out: FloatData,
  to: number,
  value: number,
  row: FloatData,
  from: number,
  n: number,
): void {
  for (let j = 0; j < n; j++) out[to + j] += value * row[from + j];
}

/** x[rows, columns] with its axes exchanged. */
function transposed(x: FloatData, rows: number, columns: number): FloatData {
  const out = x.slice();
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out[j * rows + i] = x[i * columns + j];
  }
  return out;
}

/** 0·∞ and 0·NaN are not 0, so beside them no zero may be left out. */
function allFinite(x: FloatData): boolean {
  for (let i = 0; i < x.length; i++) if (x[i] - x[i] !== 0) return false;
  return true;
}
