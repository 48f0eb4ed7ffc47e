import type { FloatData } from "../../dtype.js";

const TILE_ROWS = 2;
const TILE_COLUMNS = 4;

interface Panels {
  /** op(b) in panels of {@link TILE_COLUMNS} columns: [panel, k, column], zero beyond the last column. */
  readonly data: Float64Array;
  /** Whether a zero of the other operand may be skipped: 0·∞ and 0·NaN are not 0. */
  readonly finite: boolean;
}

function packColumns(b: FloatData, k: number, n: number, transposed: boolean): Panels {
  const panels = Math.ceil(n / TILE_COLUMNS);
  const data = new Float64Array(panels * k * TILE_COLUMNS);
  const rowStride = transposed ? 1 : n;
  const columnStride = transposed ? k : 1;
  let excess = 0; // stays 0 while every element is finite; ∞ − ∞ and NaN make it NaN
  for (let panel = 0; panel < panels; panel++) {
    const first = panel * TILE_COLUMNS;
    const columns = Math.min(TILE_COLUMNS, n - first);
    let next = panel * k * TILE_COLUMNS;
    for (let p = 0; p < k; p++, next += TILE_COLUMNS) {
      let from = p * rowStride + first * columnStride;
      for (let j = 0; j < columns; j++, from += columnStride) {
        const value = b[from];
        data[next + j] = value;
        excess += value - value;
      }
    }
  }
  return { data, finite: excess === 0 };
}

/**
 * out = op(a)·op(b) (+= where `accumulate`), for the shapes see `Kernels.matmul`.
 *
 * op(b) is packed into panels once. Each tile of two rows of op(a) is packed without the k at which both rows are
 * zero: their terms are ±0 and leave every sum as it is, and in MNIST's first layer four of five go away. The tile
 * then meets one panel at a time in eight float64 sums, each in the order of k and rounded once at the end.
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
  if (!accumulate) out.fill(0);
  if (m === 1) {
    multiplyRow(out, a, b, k, n, transposeB);
    return;
  }
  const panels = packColumns(b, k, n, transposeB);
  const rowStride = transposeA ? 1 : k;
  const kStride = transposeA ? m : 1;
  const offsets = new Int32Array(k);
  const tile = new Float64Array(TILE_ROWS * k);
  const sums = new Float64Array(TILE_ROWS * TILE_COLUMNS);
  for (let row = 0; row < m; row += TILE_ROWS) {
    const rows = Math.min(TILE_ROWS, m - row);
    let length = 0;
    let from = row * rowStride;
    for (let p = 0; p < k; p++, from += kStride) {
      const a0 = a[from];
      const a1 = rows === 2 ? a[from + rowStride] : 0;
      if (a0 !== 0 || a1 !== 0 || !panels.finite) {
        offsets[length] = p * TILE_COLUMNS;
        tile[2 * length] = a0;
        tile[2 * length + 1] = a1;
        length++;
      }
    }
    for (let column = 0; column < n; column += TILE_COLUMNS) {
      multiplyTile(sums, tile, offsets, length, panels.data, column * k);
      const columns = Math.min(TILE_COLUMNS, n - column);
      for (let i = 0; i < rows; i++) {
        const to = (row + i) * n + column;
        for (let j = 0; j < columns; j++) out[to + j] += sums[i * TILE_COLUMNS + j];
      }
    }
  }
}

function multiplyTile(
  sums: Float64Array,
  tile: Float64Array,
  offsets: Int32Array,
  length: number,
  panels: Float64Array,
  panel: number,
): void {
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s03 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  let s13 = 0;
  for (let p = 0; p < length; p++) {
    const from = panel + offsets[p];
    const a0 = tile[2 * p];
    const a1 = tile[2 * p + 1];
    const b0 = panels[from];
    const b1 = panels[from + 1];
    const b2 = panels[from + 2];
    const b3 = panels[from + 3];
    s00 += a0 * b0;
    s01 += a0 * b1;
    s02 += a0 * b2;
    s03 += a0 * b3;
    s10 += a1 * b0;
    s11 += a1 * b1;
    s12 += a1 * b2;
    s13 += a1 * b3;
  }
  sums[0] = s00;
  sums[1] = s01;
  sums[2] = s02;
  sums[3] = s03;
  sums[4] = s10;
  sums[5] = s11;
  sums[6] = s12;
  sums[7] = s13;
}

/** One row of op(a): packing op(b) would cost more than the product. Same sums, same bits as the tiles. */
function multiplyRow(
  out: FloatData,
  a: FloatData,
  b: FloatData,
  k: number,
  n: number,
  transposeB: boolean,
): void {
  const sums = new Float64Array(n);
  if (transposeB) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += a[p] * b[j * k + p];
      sums[j] = sum;
    }
  } else {
    for (let p = 0; p < k; p++) {
      const value = a[p];
      for (let j = 0; j < n; j++) sums[j] += value * b[p * n + j];
    }
  }
  for (let j = 0; j < n; j++) out[j] += sums[j];
}
