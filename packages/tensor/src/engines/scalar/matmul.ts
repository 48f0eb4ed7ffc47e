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
  const add = out instanceof Float32Array ? addProductFloat32 : addProductFloat64;
  const addFour = out instanceof Float32Array ? addFourProductsFloat32 : addFourProductsFloat64;
  const values = new Float64Array(k);
  const starts = new Int32Array(k);
  for (let i = 0; i < m; i++) {
    let length = 0;
    for (let p = 0; p < k; p++) {
      const value = a[transposeA ? p * m + i : i * k + p];
      if (value === 0 && skipZeros) continue;
      values[length] = value;
      starts[length++] = p * n;
    }
    let p = 0;
    for (; p + 4 <= length; p += 4) addFour(out, i * n, n, values, rows, starts, p);
    for (; p < length; p++) add(out, i * n, n, values[p], rows, starts[p]);
  }
}

/** out[to + j] += value·rows[start + j]. */
function addProductFloat32(
  out: FloatData,
  to: number,
  n: number,
  value: number,
  rows: FloatData,
  start: number,
): void {
  for (let j = 0; j < n; j++) out[to + j] += Math.fround(value * rows[start + j]);
}

/** The same for four values, one after the other: reading and writing `out` once makes it twice as fast. */
function addFourProductsFloat32(
  out: FloatData,
  to: number,
  n: number,
  values: Float64Array,
  rows: FloatData,
  starts: Int32Array,
  p: number,
): void {
  const [value0, value1, value2, value3] = [values[p], values[p + 1], values[p + 2], values[p + 3]];
  const [start0, start1, start2, start3] = [starts[p], starts[p + 1], starts[p + 2], starts[p + 3]];
  for (let j = 0; j < n; j++) {
    let sum = out[to + j];
    sum = Math.fround(sum + Math.fround(value0 * rows[start0 + j]));
    sum = Math.fround(sum + Math.fround(value1 * rows[start1 + j]));
    sum = Math.fround(sum + Math.fround(value2 * rows[start2 + j]));
    out[to + j] = sum + Math.fround(value3 * rows[start3 + j]);
  }
}

/** out[to + j] += value·rows[start + j]. */
function addProductFloat64(
  out: FloatData,
  to: number,
  n: number,
  value: number,
  rows: FloatData,
  start: number,
): void {
  for (let j = 0; j < n; j++) out[to + j] += value * rows[start + j];
}

/** The same for four values, one after the other. */
function addFourProductsFloat64(
  out: FloatData,
  to: number,
  n: number,
  values: Float64Array,
  rows: FloatData,
  starts: Int32Array,
  p: number,
): void {
  const [value0, value1, value2, value3] = [values[p], values[p + 1], values[p + 2], values[p + 3]];
  const [start0, start1, start2, start3] = [starts[p], starts[p + 1], starts[p + 2], starts[p + 3]];
  for (let j = 0; j < n; j++) {
    let sum = out[to + j];
    sum += value0 * rows[start0 + j];
    sum += value1 * rows[start1 + j];
    sum += value2 * rows[start2 + j];
    out[to + j] = sum + value3 * rows[start3 + j];
  }
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
