import { loadPair, storeInRow } from "./pair";

// a ∘ b. One rounding of a float64 result is that of the float32 operation, so vectors of either precision do.
// Operations go by their place in src/engines/wasm/elementwise.ts.

function apply<T extends number>(operation: i32, a: v128, b: v128): v128 {
  switch (operation) {
    case 0:
      return v128.add<T>(a, b);
    case 1:
      return v128.sub<T>(a, b);
    case 2:
      return v128.mul<T>(a, b);
    case 3:
      return v128.div<T>(a, b);
    default:
      return v128.max<T>(a, b);
  }
}

/** out[i] = a[i] ∘ b[i]; an operand that repeats is one float64. */
function binary<T extends number>(
  out: usize,
  a: usize,
  b: usize,
  length: usize,
  operation: i32,
  aRepeats: bool,
  bRepeats: bool,
): void {
  let left = v128.splat<T>(load<f64>(a) as T);
  let right = v128.splat<T>(load<f64>(b) as T);
  for (let i: usize = 0; i < length * sizeof<T>(); i += 16) {
    if (!aRepeats) left = v128.load(a + i);
    if (!bRepeats) right = v128.load(b + i);
    v128.store(out + i, apply<T>(operation, left, right));
  }
}

/** out[i, j] = x[i, j] ∘ row[j], or row[j] ∘ x[i, j] where `rowFirst`. */
function binaryRow<T extends number>(
  out: usize,
  x: usize,
  row: usize,
  rows: usize,
  columns: usize,
  operation: i32,
  rowFirst: bool,
): void {
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < columns; j += 2) {
      const element = loadPair<T>(x + j * sizeof<T>());
      const repeated = v128.load(row + 8 * j);
      const left = rowFirst ? repeated : element;
      const right = rowFirst ? element : repeated;
      storeInRow<T>(out, j, columns, apply<f64>(operation, left, right));
    }
    x += columns * sizeof<T>();
    out += columns * sizeof<T>();
  }
}

export function binaryFloat32(
  out: usize,
  a: usize,
  b: usize,
  length: usize,
  operation: i32,
  aRepeats: bool,
  bRepeats: bool,
): void {
  binary<f32>(out, a, b, length, operation, aRepeats, bRepeats);
}

export function binaryFloat64(
  out: usize,
  a: usize,
  b: usize,
  length: usize,
  operation: i32,
  aRepeats: bool,
  bRepeats: bool,
): void {
  binary<f64>(out, a, b, length, operation, aRepeats, bRepeats);
}

export function binaryRowFloat32(
  out: usize,
  x: usize,
  row: usize,
  rows: usize,
  columns: usize,
  operation: i32,
  rowFirst: bool,
): void {
  binaryRow<f32>(out, x, row, rows, columns, operation, rowFirst);
}

export function binaryRowFloat64(
  out: usize,
  x: usize,
  row: usize,
  rows: usize,
  columns: usize,
  operation: i32,
  rowFirst: bool,
): void {
  binaryRow<f64>(out, x, row, rows, columns, operation, rowFirst);
}
