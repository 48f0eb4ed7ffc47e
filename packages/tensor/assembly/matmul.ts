/**
 * out[m, n] += op(a)·op(b), each element one running sum in the order of k, in the elements' own precision.
 *
 * Work goes block of k by block of k, so that the packed parts stay in the caches: an element's sum is read from `out`
 * and continues where the block before left it. Two kernels do the sums, both on op(b) packed into panels of columns:
 * the dense one 4 rows × 2 vectors of columns, the sparse one 1 row × 8 vectors, over that row's non-zeros alone.
 */

/** Rows of a dense tile. Four rows × two vectors leave V8's 16 registers room for operands; more would spill. */
const TILE_ROWS: usize = 4;
const DENSE_VECTORS: usize = 2;
const SPARSE_VECTORS: usize = 8;
/** Length of a block of k: a dense panel has 8 kB then, a sparse one 32 kB. */
const BLOCK_K: usize = 256;
/** Rows whose non-zeros are listed together. */
const SPARSE_ROWS: usize = 32;

function smaller(a: usize, b: usize): usize {
  return a < b ? a : b;
}

function ceilDiv(a: usize, b: usize): usize {
  return (a + b - 1) / b;
}

/** Bytes of workspace that `matmul` needs besides its operands. */
function workspace<T extends number>(k: usize, n: usize): usize {
  const depth = smaller(k, BLOCK_K);
  const vector = 16 / sizeof<T>();
  const panels = ceilDiv(n, SPARSE_VECTORS * vector) * SPARSE_VECTORS * 16 * depth;
  const lists = SPARSE_ROWS * (depth * 2 * sizeof<T>() + 8);
  return panels + lists + SPARSE_VECTORS * 16 + TILE_ROWS * DENSE_VECTORS * 16;
}

function matmul<T extends number>(
  out: usize,
  a: usize,
  b: usize,
  work: usize,
  m: usize,
  k: usize,
  n: usize,
  transposeA: bool,
  transposeB: bool,
): void {
  const size: usize = sizeof<T>();
  const aRow = transposeA ? size : k * size;
  const aK = transposeA ? m * size : size;
  const bK = transposeB ? size : n * size;
  const bColumn = transposeB ? k * size : size;
  if (m < TILE_ROWS && !transposeB) {
    multiplyRows<T>(out, a, b, m, k, n, aRow, aK);
    return;
  }
  const sparse = paysToSkip<T>(a, b, m, k, n);
  for (let start: usize = 0; start < k; start += BLOCK_K) {
    const depth = smaller(BLOCK_K, k - start);
    const aBlock = a + start * aK;
    const bBlock = b + start * bK;
    if (sparse) {
      const lists = packColumns<T>(work, bBlock, depth, n, bK, bColumn, SPARSE_VECTORS);
      multiplySparse<T>(out, aBlock, work, lists, m, depth, n, aRow, aK);
    } else {
      const tile = packColumns<T>(work, bBlock, depth, n, bK, bColumn, DENSE_VECTORS);
      multiplyDense<T>(out, aBlock, work, tile, m, depth, n, aRow, aK);
    }
  }
}

/** Too few rows for what packing op(b) costs: each row of b is read where it lies, and added to each row of out. */
function multiplyRows<T extends number>(
  out: usize,
  a: usize,
  b: usize,
  m: usize,
  k: usize,
  n: usize,
  aRow: usize,
  aK: usize,
): void {
  const row = n * sizeof<T>();
  const whole = row & ~15;
  for (let at: usize = 0; at < m * row; at += sizeof<T>())
    store<T>(out + at, (load<T>(out + at) + (0 as T)) as T);
  for (let p: usize = 0; p < k; p++, a += aK, b += row) {
    for (let i: usize = 0; i < m; i++) {
      const to = out + i * row;
      const value = load<T>(a + i * aRow);
      const values = v128.splat<T>(value);
      let j: usize = 0;
      for (; j < whole; j += 16) {
        v128.store(to + j, v128.add<T>(v128.load(to + j), v128.mul<T>(values, v128.load(b + j))));
      }
      for (; j < row; j += sizeof<T>()) store<T>(to + j, (load<T>(to + j) + value * load<T>(b + j)) as T);
    }
  }
}

/** Whether there are zeros enough in op(a), and nothing in op(b) whose product with 0 is not 0. */
function paysToSkip<T extends number>(a: usize, b: usize, m: usize, k: usize, n: usize): bool {
  const vector: usize = 16 / sizeof<T>();
  if (m * k < 1024) return false;
  const terms = countNonZeros<T>(a, m * k);
  // Panels are 8 vectors wide here and 2 in the dense kernel; listing costs about as much as a vector's sums.
  const sparseVectors = terms * (ceilDiv(n, vector * SPARSE_VECTORS) * SPARSE_VECTORS) + m * k;
  const denseVectors = m * k * (ceilDiv(n, vector * DENSE_VECTORS) * DENSE_VECTORS);
  return sparseVectors < denseVectors && allFinite<T>(b, k * n);
}

function countNonZeros<T extends number>(x: usize, length: usize): usize {
  const size: usize = sizeof<T>();
  const vector: usize = 16 / size;
  const zero = v128.splat<T>(0 as T);
  let bytes: usize = 0;
  let i: usize = 0;
  for (; i + vector <= length; i += vector) {
    bytes += popcnt<i32>(i8x16.bitmask(v128.ne<T>(v128.load(x + i * size), zero)));
  }
  for (; i < length; i++) if (load<T>(x + i * size) !== (0 as T)) bytes += size;
  return bytes / size;
}

/** x − x is 0 for finite x, and NaN for NaN and infinities. */
function allFinite<T extends number>(x: usize, length: usize): bool {
  const size: usize = sizeof<T>();
  const vector: usize = 16 / size;
  let excess = v128.splat<T>(0 as T);
  let i: usize = 0;
  for (; i + vector <= length; i += vector) {
    const values = v128.load(x + i * size);
    excess = v128.add<T>(excess, v128.sub<T>(values, values));
  }
  if (v128.any_true(v128.ne<T>(excess, v128.splat<T>(0 as T)))) return false;
  for (; i < length; i++) {
    const value = load<T>(x + i * size);
    if (value - value !== (0 as T)) return false;
  }
  return true;
}

/** op(b)[depth, n] in panels of `vectors` vectors of columns: [panel, k, column], zero beyond n. Returns its end. */
function packColumns<T extends number>(
  to: usize,
  b: usize,
  depth: usize,
  n: usize,
  bK: usize,
  bColumn: usize,
  vectors: usize,
): usize {
  const size: usize = sizeof<T>();
  const width = (vectors * 16) / size;
  for (let column: usize = 0; column < n; column += width) {
    const columns = smaller(width, n - column);
    const from = b + column * bColumn;
    if (columns < width) memory.fill(to, 0, depth * width * size);
    if (bColumn === size) {
      for (let p: usize = 0; p < depth; p++) {
        const source = from + p * bK;
        const target = to + p * width * size;
        if (columns === width) {
          for (let v: usize = 0; v < width * size; v += 16) v128.store(target + v, v128.load(source + v));
        } else {
          for (let j: usize = 0; j < columns; j++) store<T>(target + j * size, load<T>(source + j * size));
        }
      }
    } else {
      interleave<T>(to, width * size, from, bColumn, columns, depth);
    }
    to += depth * width * size;
  }
  return to;
}

function multiplyDense<T extends number>(
  out: usize,
  a: usize,
  panels: usize,
  tile: usize,
  m: usize,
  depth: usize,
  n: usize,
  aRow: usize,
  aK: usize,
): void {
  const size: usize = sizeof<T>();
  const width: usize = (DENSE_VECTORS * 16) / size;
  const edge = tile + depth * TILE_ROWS * size;
  for (let row: usize = 0; row < m; row += TILE_ROWS) {
    const rows = smaller(TILE_ROWS, m - row);
    packRows<T>(tile, a + row * aRow, rows, depth, aRow, aK);
    let panel = panels;
    for (let column: usize = 0; column < n; column += width, panel += depth * DENSE_VECTORS * 16) {
      const columns = smaller(width, n - column);
      const corner = out + (row * n + column) * size;
      if (rows === TILE_ROWS && columns === width) {
        multiplyTile<T>(corner, n * size, tile, panel, depth);
        continue;
      }
      for (let i: usize = 0; i < rows; i++) {
        memory.copy(edge + i * DENSE_VECTORS * 16, corner + i * n * size, columns * size);
      }
      multiplyTile<T>(edge, DENSE_VECTORS * 16, tile, panel, depth);
      for (let i: usize = 0; i < rows; i++) {
        memory.copy(corner + i * n * size, edge + i * DENSE_VECTORS * 16, columns * size);
      }
    }
  }
}

/** Four rows of op(a), side by side: [k, row], zero beyond the last row. */
function packRows<T extends number>(
  to: usize,
  a: usize,
  rows: usize,
  depth: usize,
  aRow: usize,
  aK: usize,
): void {
  const size: usize = sizeof<T>();
  if (rows < TILE_ROWS) memory.fill(to, 0, depth * TILE_ROWS * size);
  if (aK === size) {
    interleave<T>(to, TILE_ROWS * size, a, aRow, rows, depth);
    return;
  }
  for (let p: usize = 0; p < depth; p++, to += TILE_ROWS * size, a += aK) {
    for (let i: usize = 0; i < rows * size; i += size) store<T>(to + i, load<T>(a + i));
  }
}

/** to[p, line] = from[line, p]: a matrix whose rows lie `fromLine` bytes apart, with its axes exchanged. */
function interleave<T extends number>(
  to: usize,
  toRow: usize,
  from: usize,
  fromLine: usize,
  lines: usize,
  depth: usize,
): void {
  const size: usize = sizeof<T>();
  const vector: usize = 16 / size;
  let line: usize = 0;
  for (; line + vector <= lines; line += vector, from += vector * fromLine, to += 16) {
    let p: usize = 0;
    for (; p + vector <= depth; p += vector) exchange<T>(to + p * toRow, toRow, from + p * size, fromLine);
    for (; p < depth; p++) {
      for (let j: usize = 0; j < vector; j++) {
        store<T>(to + p * toRow + j * size, load<T>(from + p * size + j * fromLine));
      }
    }
  }
  for (; line < lines; line++, from += fromLine, to += size) {
    for (let p: usize = 0; p < depth; p++) store<T>(to + p * toRow, load<T>(from + p * size));
  }
}

/** A square of 4 × 4 float32 or 2 × 2 float64 with its axes exchanged. */
function exchange<T extends number>(to: usize, toRow: usize, from: usize, fromLine: usize): void {
  const line0 = v128.load(from);
  const line1 = v128.load(from + fromLine);
  if (sizeof<T>() === 8) {
    v128.store(to, v128.shuffle<f64>(line0, line1, 0, 2));
    v128.store(to + toRow, v128.shuffle<f64>(line0, line1, 1, 3));
    return;
  }
  const line2 = v128.load(from + 2 * fromLine);
  const line3 = v128.load(from + 3 * fromLine);
  const low01 = v128.shuffle<f32>(line0, line1, 0, 4, 1, 5);
  const low23 = v128.shuffle<f32>(line2, line3, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(line0, line1, 2, 6, 3, 7);
  const high23 = v128.shuffle<f32>(line2, line3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
  v128.store(to + toRow, v128.shuffle<f64>(low01, low23, 1, 3));
  v128.store(to + 2 * toRow, v128.shuffle<f64>(high01, high23, 0, 2));
  v128.store(to + 3 * toRow, v128.shuffle<f64>(high01, high23, 1, 3));
}

/** out[4, 2 vectors] += tile·panel. Adding 0 makes −0 to 0, as any sum that goes on from it would. */
function multiplyTile<T extends number>(
  out: usize,
  outRow: usize,
  tile: usize,
  panel: usize,
  depth: usize,
): void {
  const size: usize = sizeof<T>();
  const zero = v128.splat<T>(0 as T);
  const out1 = out + outRow;
  const out2 = out1 + outRow;
  const out3 = out2 + outRow;
  let s00 = v128.add<T>(v128.load(out), zero);
  let s01 = v128.add<T>(v128.load(out, 16), zero);
  let s10 = v128.add<T>(v128.load(out1), zero);
  let s11 = v128.add<T>(v128.load(out1, 16), zero);
  let s20 = v128.add<T>(v128.load(out2), zero);
  let s21 = v128.add<T>(v128.load(out2, 16), zero);
  let s30 = v128.add<T>(v128.load(out3), zero);
  let s31 = v128.add<T>(v128.load(out3, 16), zero);
  const end = tile + depth * TILE_ROWS * size;
  for (; tile < end; tile += TILE_ROWS * size, panel += 32) {
    const b0 = v128.load(panel);
    const b1 = v128.load(panel, 16);
    const a0 = v128.load_splat<T>(tile);
    s00 = v128.add<T>(s00, v128.mul<T>(a0, b0));
    s01 = v128.add<T>(s01, v128.mul<T>(a0, b1));
    const a1 = v128.load_splat<T>(tile, sizeof<T>());
    s10 = v128.add<T>(s10, v128.mul<T>(a1, b0));
    s11 = v128.add<T>(s11, v128.mul<T>(a1, b1));
    const a2 = v128.load_splat<T>(tile, 2 * sizeof<T>());
    s20 = v128.add<T>(s20, v128.mul<T>(a2, b0));
    s21 = v128.add<T>(s21, v128.mul<T>(a2, b1));
    const a3 = v128.load_splat<T>(tile, 3 * sizeof<T>());
    s30 = v128.add<T>(s30, v128.mul<T>(a3, b0));
    s31 = v128.add<T>(s31, v128.mul<T>(a3, b1));
  }
  v128.store(out, s00);
  v128.store(out, s01, 16);
  v128.store(out1, s10);
  v128.store(out1, s11, 16);
  v128.store(out2, s20);
  v128.store(out2, s21, 16);
  v128.store(out3, s30);
  v128.store(out3, s31, 16);
}

function multiplySparse<T extends number>(
  out: usize,
  a: usize,
  panels: usize,
  lists: usize,
  m: usize,
  depth: usize,
  n: usize,
  aRow: usize,
  aK: usize,
): void {
  const size: usize = sizeof<T>();
  const width: usize = (SPARSE_VECTORS * 16) / size;
  const entry: usize = 2 * size;
  const list = depth * entry;
  const ends = lists + SPARSE_ROWS * list;
  const edge = ends + SPARSE_ROWS * 8;
  for (let row: usize = 0; row < m; row += SPARSE_ROWS) {
    const rows = smaller(SPARSE_ROWS, m - row);
    listNonZeros<T>(lists, ends, a + row * aRow, rows, depth, aRow, aK);
    let panel = panels;
    for (let column: usize = 0; column < n; column += width, panel += depth * SPARSE_VECTORS * 16) {
      const columns = smaller(width, n - column);
      for (let i: usize = 0; i < rows; i++) {
        const corner = out + ((row + i) * n + column) * size;
        const end = load<usize>(ends + 4 * i);
        if (columns === width) {
          multiplyList<T>(corner, lists + i * list, end, panel);
        } else {
          memory.copy(edge, corner, columns * size);
          multiplyList<T>(edge, lists + i * list, end, panel);
          memory.copy(corner, edge, columns * size);
        }
      }
    }
  }
}

/** The non-zeros of each row, in the order of k: value, and offset of its k in a panel. `ends` says where lists end. */
function listNonZeros<T extends number>(
  lists: usize,
  ends: usize,
  a: usize,
  rows: usize,
  depth: usize,
  aRow: usize,
  aK: usize,
): void {
  const size: usize = sizeof<T>();
  const vector: usize = 16 / size;
  const list = depth * 2 * size;
  let i: usize = 0;
  if (aRow === size) {
    for (; i + 4 <= rows; i += 4) {
      let next0 = lists + i * list;
      let next1 = next0 + list;
      let next2 = next1 + list;
      let next3 = next2 + list;
      let at = a + i * size;
      for (let p: usize = 0; p < depth; p++, at += aK) {
        const few = v128.load(at);
        const four = size === 4 ? few : v128.or(few, v128.load(at, 16));
        if (!v128.any_true(four)) continue;
        next0 = append<T>(next0, load<T>(at), p);
        next1 = append<T>(next1, load<T>(at + size), p);
        next2 = append<T>(next2, load<T>(at + 2 * size), p);
        next3 = append<T>(next3, load<T>(at + 3 * size), p);
      }
      store<usize>(ends + 4 * i, next0);
      store<usize>(ends + 4 * i, next1, 4);
      store<usize>(ends + 4 * i, next2, 8);
      store<usize>(ends + 4 * i, next3, 12);
    }
  }
  for (; i < rows; i++) {
    let next = lists + i * list;
    const row = a + i * aRow;
    let p: usize = 0;
    if (aK === size) {
      for (; p + vector <= depth; p += vector) {
        const at = row + p * size;
        if (!v128.any_true(v128.load(at))) continue;
        for (let j: usize = 0; j < vector; j++) next = append<T>(next, load<T>(at + j * size), p + j);
      }
    }
    for (; p < depth; p++) next = append<T>(next, load<T>(row + p * aK), p);
    store<usize>(ends + 4 * i, next);
  }
}

/** Where a list goes on after this value. It is always written, and kept if not zero: no branch to guess. */
function append<T extends number>(next: usize, value: T, p: usize): usize {
  store<T>(next, value);
  store<usize>(next + sizeof<T>(), p * SPARSE_VECTORS * 16);
  return next + (value !== (0 as T) ? 2 * sizeof<T>() : 0);
}

/** out[8 vectors] += Σ value·panel[k] over a list of non-zeros. */
function multiplyList<T extends number>(out: usize, list: usize, end: usize, panel: usize): void {
  const zero = v128.splat<T>(0 as T);
  let s0 = v128.add<T>(v128.load(out), zero);
  let s1 = v128.add<T>(v128.load(out, 16), zero);
  let s2 = v128.add<T>(v128.load(out, 32), zero);
  let s3 = v128.add<T>(v128.load(out, 48), zero);
  let s4 = v128.add<T>(v128.load(out, 64), zero);
  let s5 = v128.add<T>(v128.load(out, 80), zero);
  let s6 = v128.add<T>(v128.load(out, 96), zero);
  let s7 = v128.add<T>(v128.load(out, 112), zero);
  for (; list < end; list += 2 * sizeof<T>()) {
    const b = panel + load<usize>(list, sizeof<T>());
    const value = v128.load_splat<T>(list);
    s0 = v128.add<T>(s0, v128.mul<T>(value, v128.load(b)));
    s1 = v128.add<T>(s1, v128.mul<T>(value, v128.load(b, 16)));
    s2 = v128.add<T>(s2, v128.mul<T>(value, v128.load(b, 32)));
    s3 = v128.add<T>(s3, v128.mul<T>(value, v128.load(b, 48)));
    s4 = v128.add<T>(s4, v128.mul<T>(value, v128.load(b, 64)));
    s5 = v128.add<T>(s5, v128.mul<T>(value, v128.load(b, 80)));
    s6 = v128.add<T>(s6, v128.mul<T>(value, v128.load(b, 96)));
    s7 = v128.add<T>(s7, v128.mul<T>(value, v128.load(b, 112)));
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
  v128.store(out, s4, 64);
  v128.store(out, s5, 80);
  v128.store(out, s6, 96);
  v128.store(out, s7, 112);
}

export function matmulFloat32(
  out: usize,
  a: usize,
  b: usize,
  work: usize,
  m: usize,
  k: usize,
  n: usize,
  transposeA: bool,
  transposeB: bool,
): void {
  matmul<f32>(out, a, b, work, m, k, n, transposeA, transposeB);
}

export function matmulFloat64(
  out: usize,
  a: usize,
  b: usize,
  work: usize,
  m: usize,
  k: usize,
  n: usize,
  transposeA: bool,
  transposeB: bool,
): void {
  matmul<f64>(out, a, b, work, m, k, n, transposeA, transposeB);
}

export function matmulWorkspaceFloat32(k: usize, n: usize): usize {
  return workspace<f32>(k, n);
}

export function matmulWorkspaceFloat64(k: usize, n: usize): usize {
  return workspace<f64>(k, n);
}

/** The dense micro-kernel alone, for benchmarks. */
export function multiplyTileFloat32(
  out: usize,
  outRow: usize,
  tile: usize,
  panel: usize,
  depth: usize,
): void {
  multiplyTile<f32>(out, outRow, tile, panel, depth);
}
