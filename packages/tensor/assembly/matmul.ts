/**
 * out[m, n] = op(a)·op(b), or +=, each element one running sum in the order of k, in the elements' own precision.
 *
 * Work goes block of k by block of k, so that the packed parts stay in the caches: an element's sum is read from `out`
 * and continues where the block before left it. Three kernels do the sums, all on op(b) packed into panels of columns,
 * [panel, k, column]: the dense one 4 rows × 2 vectors of columns, the narrow one 2 rows × 3 vectors, the sparse one
 * 1 row × 8 vectors, over that row's non-zeros alone.
 */

/** Rows of a dense tile. Four rows × two vectors leave V8's 16 registers room for operands; more would spill. */
const TILE_ROWS: usize = 4;
const DENSE_VECTORS: usize = 2;
const SPARSE_VECTORS: usize = 8;
/** All columns of a narrow product, which in dense panels would lie in two, the second mostly empty. */
const NARROW_VECTORS: usize = 3;
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

/** s + a·b: rounded twice, or in the module of `relaxed.ts` once, where the processor does so. */
function mulAdd<T extends number>(a: v128, b: v128, s: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, s);
  return v128.add<T>(s, v128.mul<T>(a, b));
}

/** Bytes of workspace that {@link matmul} needs besides its operands. */
function workspace<T extends number>(k: usize, columns: usize): usize {
  const depth = smaller(k, BLOCK_K);
  const panels = ceilDiv(columns * sizeof<T>(), SPARSE_VECTORS * 16) * SPARSE_VECTORS * 16 * depth;
  const edge: usize = SPARSE_VECTORS * 16 + TILE_ROWS * DENSE_VECTORS * 16;
  return panels + SPARSE_ROWS * (listBytes<T>(depth) + 4) + edge;
}

/** A list of `depth` values and as many offsets, each with room for what {@link appendFour} writes beyond. */
function listBytes<T extends number>(depth: usize): usize {
  return 2 * (depth * sizeof<T>() + 16);
}

/** Does `columns` of the n columns of out and op(b). `skip` asks for the sparse kernel, if all of op(b) is finite. */
function matmul<T extends number>(
  out: usize,
  a: usize,
  b: usize,
  work: usize,
  m: usize,
  k: usize,
  n: usize,
  columns: usize,
  aRow: usize,
  aK: usize,
  bK: usize,
  bColumn: usize,
  accumulate: bool,
  skip: bool,
): void {
  const row = columns * sizeof<T>();
  if (!accumulate && columns === n) memory.fill(out, 0, m * row);
  else if (!accumulate) for (let i: usize = 0; i < m; i++) memory.fill(out + i * n * sizeof<T>(), 0, row);
  if (m < TILE_ROWS && bColumn === sizeof<T>()) {
    multiplyRows<T>(out, a, b, m, k, n, columns, aRow, aK);
    return;
  }
  for (let start: usize = 0; start < k; start += BLOCK_K) {
    const depth = smaller(BLOCK_K, k - start);
    const aBlock = a + start * aK;
    const bBlock = b + start * bK;
    // 0·NaN and 0·∞ are NaN: nothing may be skipped then.
    if (skip && pack<T>(work, bBlock, depth, columns, bK, bColumn, SPARSE_VECTORS)) {
      const panels = ceilDiv(row, SPARSE_VECTORS * 16) * SPARSE_VECTORS * 16 * depth;
      multiplySparse<T>(out, aBlock, work, work + panels, m, depth, n, columns, aRow, aK);
    } else if (row > DENSE_VECTORS * 16 && row <= NARROW_VECTORS * 16) {
      pack<T>(work, bBlock, depth, columns, bK, bColumn, NARROW_VECTORS);
      const edge = work + NARROW_VECTORS * 16 * depth;
      multiplyNarrow<T>(out, aBlock, work, edge, m, depth, n, columns, aRow, aK);
    } else {
      pack<T>(work, bBlock, depth, columns, bK, bColumn, DENSE_VECTORS);
      const panels = ceilDiv(row, DENSE_VECTORS * 16) * DENSE_VECTORS * 16 * depth;
      multiplyDense<T>(out, aBlock, work, work + panels, m, depth, n, columns, aRow, aK);
    }
  }
}

/**
 * Too few rows for what packing op(b) costs: each row of b is read where it lies, and added to each row of out.
 * Does `columns` of out's and b's n columns.
 */
function multiplyRows<T extends number>(
  out: usize,
  a: usize,
  b: usize,
  m: usize,
  k: usize,
  n: usize,
  columns: usize,
  aRow: usize,
  aK: usize,
): void {
  const pitch = n * sizeof<T>();
  const row = columns * sizeof<T>();
  for (let i: usize = 0; i < m; i++) {
    const to = out + i * pitch;
    // −0 becomes 0, as in any sum that goes on from it.
    for (let j: usize = 0; j < row; j += sizeof<T>()) store<T>(to + j, (load<T>(to + j) + (0 as T)) as T);
  }
  let p: usize = 0;
  for (; p + 4 <= k; p += 4, a += 4 * aK, b += 4 * pitch) {
    for (let i: usize = 0; i < m; i++) addFourRows<T>(out + i * pitch, a + i * aRow, aK, b, pitch, row);
  }
  for (; p < k; p++, a += aK, b += pitch) {
    for (let i: usize = 0; i < m; i++) addRow<T>(out + i * pitch, a + i * aRow, b, row);
  }
}

/** out[row bytes] += a·b. */
function addRow<T extends number>(out: usize, a: usize, b: usize, row: usize): void {
  const a0 = v128.load_splat<T>(a);
  let j: usize = 0;
  for (; j + 16 <= row; j += 16) v128.store(out + j, mulAdd<T>(a0, v128.load(b + j), v128.load(out + j)));
  for (; j < row; j += sizeof<T>()) {
    const sum = mulAdd<T>(a0, v128.load_splat<T>(b + j), v128.load_splat<T>(out + j));
    store<T>(out + j, v128.extract_lane<T>(sum, 0));
  }
}

/** The same for four k, one after the other: `out` is read and written once for all of them. */
function addFourRows<T extends number>(
  out: usize,
  a: usize,
  aK: usize,
  b: usize,
  pitch: usize,
  row: usize,
): void {
  const a0 = v128.load_splat<T>(a);
  const a1 = v128.load_splat<T>(a + aK);
  const a2 = v128.load_splat<T>(a + 2 * aK);
  const a3 = v128.load_splat<T>(a + 3 * aK);
  const b1 = b + pitch;
  const b2 = b1 + pitch;
  const b3 = b2 + pitch;
  let j: usize = 0;
  for (; j + 16 <= row; j += 16) {
    let sum = mulAdd<T>(a0, v128.load(b + j), v128.load(out + j));
    sum = mulAdd<T>(a1, v128.load(b1 + j), sum);
    sum = mulAdd<T>(a2, v128.load(b2 + j), sum);
    v128.store(out + j, mulAdd<T>(a3, v128.load(b3 + j), sum));
  }
  for (; j < row; j += sizeof<T>()) {
    let sum = mulAdd<T>(a0, v128.load_splat<T>(b + j), v128.load_splat<T>(out + j));
    sum = mulAdd<T>(a1, v128.load_splat<T>(b1 + j), sum);
    sum = mulAdd<T>(a2, v128.load_splat<T>(b2 + j), sum);
    store<T>(out + j, v128.extract_lane<T>(mulAdd<T>(a3, v128.load_splat<T>(b3 + j), sum), 0));
  }
}

/** Whether there are zeros enough in op(a), as far as one vector in four shows. */
function paysToSkip<T extends number>(a: usize, m: usize, k: usize, n: usize): bool {
  const vector: usize = 16 / sizeof<T>();
  if (m * k < 1024) return false;
  const terms = countNonZeros<T>(a, m * k);
  // Panels are 8 vectors wide here and 2 in the dense kernel; listing costs about as much as a vector's sums.
  const sparseVectors = terms * (ceilDiv(n, vector * SPARSE_VECTORS) * SPARSE_VECTORS) + m * k;
  const denseVectors = m * k * (ceilDiv(n, vector * DENSE_VECTORS) * DENSE_VECTORS);
  return sparseVectors < denseVectors;
}

function countNonZeros<T extends number>(x: usize, length: usize): usize {
  const size: usize = sizeof<T>();
  const zero = v128.splat<T>(0 as T);
  let bytes: usize = 0;
  for (const end = x + length * size; x + 16 <= end; x += 64) {
    bytes += 4 * popcnt<i32>(i8x16.bitmask(v128.ne<T>(v128.load(x), zero)));
  }
  return bytes / size;
}

/**
 * Columns of op(b)[k, ·] in panels of `vectors` vectors: [panel, k, column], zero beyond `columns`.
 * Returns whether all are finite.
 */
function pack<T extends number>(
  to: usize,
  b: usize,
  k: usize,
  columns: usize,
  bK: usize,
  bColumn: usize,
  vectors: usize,
): bool {
  const size: usize = sizeof<T>();
  const width = (vectors * 16) / size;
  // x − x is 0 for finite x, and NaN for NaN and infinities.
  let excess = v128.splat<T>(0 as T);
  for (let column: usize = 0; column < columns; column += width) {
    const own = smaller(width, columns - column);
    const from = b + column * bColumn;
    const end = to + k * width * size;
    if (own < width) memory.fill(to, 0, end - to);
    if (bColumn !== size) {
      interleave<T>(to, width * size, from, bColumn, own, k);
      for (; to < end; to += 16) excess = v128.add<T>(excess, difference<T>(v128.load(to)));
      continue;
    }
    for (let source = from; to < end; to += width * size, source += bK) {
      if (own < width) copyRows<T>(to, 0, source, 0, 1, own * size);
      for (let v: usize = 0; v < width * size; v += 16) {
        const values = v128.load((own < width ? to : source) + v);
        if (own === width) v128.store(to + v, values);
        excess = v128.add<T>(excess, difference<T>(values));
      }
    }
  }
  return !v128.any_true(v128.ne<T>(excess, v128.splat<T>(0 as T)));
}

/** Some bytes of each row, so few that a call of memory.copy would take longer. */
function copyRows<T extends number>(
  to: usize,
  toRow: usize,
  from: usize,
  fromRow: usize,
  rows: usize,
  bytes: usize,
): void {
  for (let i: usize = 0; i < rows; i++, to += toRow, from += fromRow) {
    let j: usize = 0;
    for (; j + 16 <= bytes; j += 16) v128.store(to + j, v128.load(from + j));
    for (; j < bytes; j += sizeof<T>()) store<T>(to + j, load<T>(from + j));
  }
}

function difference<T extends number>(values: v128): v128 {
  return v128.sub<T>(values, values);
}

function multiplyDense<T extends number>(
  out: usize,
  a: usize,
  panels: usize,
  tile: usize,
  m: usize,
  depth: usize,
  n: usize,
  columns: usize,
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
    for (let column: usize = 0; column < columns; column += width, panel += depth * DENSE_VECTORS * 16) {
      const own = smaller(width, columns - column);
      const corner = out + (row * n + column) * size;
      if (rows === TILE_ROWS && own === width) {
        multiplyTile<T>(corner, n * size, tile, panel, depth);
        continue;
      }
      copyRows<T>(edge, DENSE_VECTORS * 16, corner, n * size, rows, own * size);
      multiplyTile<T>(edge, DENSE_VECTORS * 16, tile, panel, depth);
      copyRows<T>(corner, n * size, edge, DENSE_VECTORS * 16, rows, own * size);
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
    if (rows < TILE_ROWS) {
      copyRows<T>(to, 0, a, 0, 1, rows * size);
      continue;
    }
    for (let i: usize = 0; i < TILE_ROWS * size; i += 16) v128.store(to + i, v128.load(a + i));
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
    s00 = mulAdd<T>(a0, b0, s00);
    s01 = mulAdd<T>(a0, b1, s01);
    const a1 = v128.load_splat<T>(tile, sizeof<T>());
    s10 = mulAdd<T>(a1, b0, s10);
    s11 = mulAdd<T>(a1, b1, s11);
    const a2 = v128.load_splat<T>(tile, 2 * sizeof<T>());
    s20 = mulAdd<T>(a2, b0, s20);
    s21 = mulAdd<T>(a2, b1, s21);
    const a3 = v128.load_splat<T>(tile, 3 * sizeof<T>());
    s30 = mulAdd<T>(a3, b0, s30);
    s31 = mulAdd<T>(a3, b1, s31);
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

/** Columns of one narrow panel, a pair of rows after the other, each read where it lies. */
function multiplyNarrow<T extends number>(
  out: usize,
  a: usize,
  panel: usize,
  edge: usize,
  m: usize,
  depth: usize,
  n: usize,
  columns: usize,
  aRow: usize,
  aK: usize,
): void {
  const pitch = n * sizeof<T>();
  const row = columns * sizeof<T>();
  for (let i: usize = 0; i < m; i += 2, out += 2 * pitch, a += 2 * aRow) {
    // The last row of an odd number is its own neighbour.
    const next: usize = i + 1 < m ? 1 : 0;
    copyRows<T>(edge, NARROW_VECTORS * 16, out, next * pitch, 2, row);
    multiplyPair<T>(edge, a, a + next * aRow, aK, panel, depth);
    copyRows<T>(out, next * pitch, edge, NARROW_VECTORS * 16, 2, row);
  }
}

/** out[2, 3 vectors] += (a, a1)·panel. A third row would spill. */
function multiplyPair<T extends number>(
  out: usize,
  a: usize,
  a1: usize,
  aK: usize,
  panel: usize,
  depth: usize,
): void {
  const zero = v128.splat<T>(0 as T);
  let s00 = v128.add<T>(v128.load(out), zero);
  let s01 = v128.add<T>(v128.load(out, 16), zero);
  let s02 = v128.add<T>(v128.load(out, 32), zero);
  let s10 = v128.add<T>(v128.load(out, 48), zero);
  let s11 = v128.add<T>(v128.load(out, 64), zero);
  let s12 = v128.add<T>(v128.load(out, 80), zero);
  const end = panel + depth * NARROW_VECTORS * 16;
  for (; panel < end; panel += NARROW_VECTORS * 16, a += aK, a1 += aK) {
    const b0 = v128.load(panel);
    const b1 = v128.load(panel, 16);
    const b2 = v128.load(panel, 32);
    const value = v128.load_splat<T>(a);
    s00 = mulAdd<T>(value, b0, s00);
    s01 = mulAdd<T>(value, b1, s01);
    s02 = mulAdd<T>(value, b2, s02);
    const value1 = v128.load_splat<T>(a1);
    s10 = mulAdd<T>(value1, b0, s10);
    s11 = mulAdd<T>(value1, b1, s11);
    s12 = mulAdd<T>(value1, b2, s12);
  }
  v128.store(out, s00);
  v128.store(out, s01, 16);
  v128.store(out, s02, 32);
  v128.store(out, s10, 48);
  v128.store(out, s11, 64);
  v128.store(out, s12, 80);
}

function multiplySparse<T extends number>(
  out: usize,
  a: usize,
  panels: usize,
  lists: usize,
  m: usize,
  depth: usize,
  n: usize,
  columns: usize,
  aRow: usize,
  aK: usize,
): void {
  const size: usize = sizeof<T>();
  const width: usize = (SPARSE_VECTORS * 16) / size;
  const list = listBytes<T>(depth);
  const ends = lists + SPARSE_ROWS * list;
  const edge = ends + SPARSE_ROWS * 4;
  for (let row: usize = 0; row < m; row += SPARSE_ROWS) {
    const rows = smaller(SPARSE_ROWS, m - row);
    listNonZeros<T>(lists, ends, a + row * aRow, rows, depth, aRow, aK);
    let panel = panels;
    for (let column: usize = 0; column < columns; column += width, panel += depth * SPARSE_VECTORS * 16) {
      const own = smaller(width, columns - column);
      for (let i: usize = 0; i < rows; i++) {
        const corner = out + ((row + i) * n + column) * size;
        const end = load<usize>(ends + 4 * i);
        if (own === width) {
          multiplyList<T>(corner, lists + i * list, end, list / 2, panel);
        } else {
          memory.copy(edge, corner, own * size);
          multiplyList<T>(edge, lists + i * list, end, list / 2, panel);
          memory.copy(corner, edge, own * size);
        }
      }
    }
  }
}

/**
 * The non-zeros of each row in the order of k: their values, and half a list behind each value the offset of its k in
 * a panel. `ends` says where the values end.
 */
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
  const list = listBytes<T>(depth);
  let i: usize = 0;
  if (size === 4 && aRow === size) {
    for (; i + 4 <= rows; i += 4) listFourRows(lists + i * list, list, ends + 4 * i, a + i * aRow, depth, aK);
  }
  if (size === 4 && aK === size) {
    for (; i < rows; i++)
      store<usize>(ends + 4 * i, listRow(lists + i * list, list / 2, a + i * aRow, depth));
  }
  for (; i < rows; i++) {
    let next = lists + i * list;
    for (let p: usize = 0; p < depth; p++)
      next = append<T>(next, list / 2, load<T>(a + i * aRow + p * aK), p);
    store<usize>(ends + 4 * i, next);
  }
}

/** Where a list goes on after this value. It is always written, and kept if not zero: no branch to guess. */
function append<T extends number>(next: usize, toOffset: usize, value: T, p: usize): usize {
  store<T>(next, value);
  store<usize>(next + toOffset, p * SPARSE_VECTORS * 16);
  return next + (value !== (0 as T) ? sizeof<T>() : 0);
}

/** For each set of lanes, the bytes of these lanes one after the other. */
const LANES = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 5, 6, 7,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 0, 0, 0, 0, 0, 0, 0, 0, 8, 9, 10, 11, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 8, 9, 10, 11, 0, 0, 0, 0, 0, 0, 0, 0, 4, 5, 6, 7, 8, 9, 10, 11, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 0, 0, 0, 12, 13, 14, 15, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 1, 2, 3, 12, 13, 14, 15, 0, 0, 0, 0, 0, 0, 0, 0, 4, 5, 6, 7, 12, 13, 14, 15, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15, 0, 0, 0, 0, 8, 9, 10, 11, 12, 13, 14, 15, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 0, 0, 0, 0, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 0,
  0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
]);

/** The same for four values whose k have the offsets `k`. */
function appendFour(next: usize, toOffset: usize, values: v128, k: v128): usize {
  const kept = i32x4.bitmask(f32x4.ne(values, f32x4.splat(0)));
  const lanes = v128.load(LANES + 16 * kept);
  v128.store(next, i8x16.swizzle(values, lanes));
  v128.store(next + toOffset, i8x16.swizzle(k, lanes));
  return next + 4 * popcnt(kept);
}

/** The list of a float32 row whose k are neighbours; returns the end of its values. */
function listRow(list: usize, toOffset: usize, row: usize, depth: usize): usize {
  let next = list;
  let p: usize = 0;
  for (; p + 4 <= depth; p += 4) {
    const values = v128.load(row + 4 * p);
    if (v128.any_true(values)) next = appendFour(next, toOffset, values, offsetsFrom(p));
  }
  for (; p < depth; p++) next = append<f32>(next, toOffset, load<f32>(row + 4 * p), p);
  return next;
}

/** The lists of four float32 rows that are neighbours at each k. */
function listFourRows(lists: usize, list: usize, ends: usize, a: usize, depth: usize, aK: usize): void {
  const toOffset = list / 2;
  let next0 = lists;
  let next1 = next0 + list;
  let next2 = next1 + list;
  let next3 = next2 + list;
  let p: usize = 0;
  for (; p + 4 <= depth; p += 4, a += 4 * aK) {
    const k0 = v128.load(a);
    const k1 = v128.load(a + aK);
    const k2 = v128.load(a + 2 * aK);
    const k3 = v128.load(a + 3 * aK);
    if (!v128.any_true(v128.or(v128.or(k0, k1), v128.or(k2, k3)))) continue;
    const low01 = v128.shuffle<f32>(k0, k1, 0, 4, 1, 5);
    const low23 = v128.shuffle<f32>(k2, k3, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(k0, k1, 2, 6, 3, 7);
    const high23 = v128.shuffle<f32>(k2, k3, 2, 6, 3, 7);
    const k = offsetsFrom(p);
    next0 = appendFour(next0, toOffset, v128.shuffle<f64>(low01, low23, 0, 2), k);
    next1 = appendFour(next1, toOffset, v128.shuffle<f64>(low01, low23, 1, 3), k);
    next2 = appendFour(next2, toOffset, v128.shuffle<f64>(high01, high23, 0, 2), k);
    next3 = appendFour(next3, toOffset, v128.shuffle<f64>(high01, high23, 1, 3), k);
  }
  for (; p < depth; p++, a += aK) {
    next0 = append<f32>(next0, toOffset, load<f32>(a), p);
    next1 = append<f32>(next1, toOffset, load<f32>(a, 4), p);
    next2 = append<f32>(next2, toOffset, load<f32>(a, 8), p);
    next3 = append<f32>(next3, toOffset, load<f32>(a, 12), p);
  }
  store<usize>(ends, next0);
  store<usize>(ends, next1, 4);
  store<usize>(ends, next2, 8);
  store<usize>(ends, next3, 12);
}

/** Offsets in a sparse panel of p and the next three. */
function offsetsFrom(p: usize): v128 {
  const step: usize = SPARSE_VECTORS * 16;
  return i32x4.add(i32x4.splat(p * step), i32x4(0, step, 2 * step, 3 * step));
}

/** out[8 vectors] += Σ value·panel[k] over a list of non-zeros. */
function multiplyList<T extends number>(
  out: usize,
  list: usize,
  end: usize,
  toOffset: usize,
  panel: usize,
): void {
  const zero = v128.splat<T>(0 as T);
  let s0 = v128.add<T>(v128.load(out), zero);
  let s1 = v128.add<T>(v128.load(out, 16), zero);
  let s2 = v128.add<T>(v128.load(out, 32), zero);
  let s3 = v128.add<T>(v128.load(out, 48), zero);
  let s4 = v128.add<T>(v128.load(out, 64), zero);
  let s5 = v128.add<T>(v128.load(out, 80), zero);
  let s6 = v128.add<T>(v128.load(out, 96), zero);
  let s7 = v128.add<T>(v128.load(out, 112), zero);
  for (; list < end; list += sizeof<T>()) {
    const b = panel + load<usize>(list + toOffset);
    const value = v128.load_splat<T>(list);
    s0 = mulAdd<T>(value, v128.load(b), s0);
    s1 = mulAdd<T>(value, v128.load(b, 16), s1);
    s2 = mulAdd<T>(value, v128.load(b, 32), s2);
    s3 = mulAdd<T>(value, v128.load(b, 48), s3);
    s4 = mulAdd<T>(value, v128.load(b, 64), s4);
    s5 = mulAdd<T>(value, v128.load(b, 80), s5);
    s6 = mulAdd<T>(value, v128.load(b, 96), s6);
    s7 = mulAdd<T>(value, v128.load(b, 112), s7);
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
  columns: usize,
  aRow: usize,
  aK: usize,
  bK: usize,
  bColumn: usize,
  accumulate: bool,
  skip: bool,
): void {
  matmul<f32>(out, a, b, work, m, k, n, columns, aRow, aK, bK, bColumn, accumulate, skip);
}

export function matmulFloat64(
  out: usize,
  a: usize,
  b: usize,
  work: usize,
  m: usize,
  k: usize,
  n: usize,
  columns: usize,
  aRow: usize,
  aK: usize,
  bK: usize,
  bColumn: usize,
  accumulate: bool,
  skip: bool,
): void {
  matmul<f64>(out, a, b, work, m, k, n, columns, aRow, aK, bK, bColumn, accumulate, skip);
}

export function matmulWorkspaceFloat32(k: usize, columns: usize): usize {
  return workspace<f32>(k, columns);
}

export function matmulWorkspaceFloat64(k: usize, columns: usize): usize {
  return workspace<f64>(k, columns);
}

export function paysToSkipFloat32(a: usize, m: usize, k: usize, n: usize): bool {
  return paysToSkip<f32>(a, m, k, n);
}

export function paysToSkipFloat64(a: usize, m: usize, k: usize, n: usize): bool {
  return paysToSkip<f64>(a, m, k, n);
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
