export function clearFloat32(x: usize, length: usize): void {
  memory.fill(x, 0, 4 * length);
}

export function clearFloat64(x: usize, length: usize): void {
  memory.fill(x, 0, 8 * length);
}

/** y = max(x, 0); NaN stays NaN. */
function relu<T extends number>(y: usize, x: usize, length: usize): void {
  const zero = v128.splat<T>(0 as T);
  for (const end = x + length * sizeof<T>(); x < end; x += 16, y += 16) {
    const value = v128.load(x);
    v128.store(y, v128.andnot(value, v128.le<T>(value, zero)));
  }
}

/** dx = dy where x > 0, else 0; NaN where x is NaN. */
function reluBackward<T extends number>(dx: usize, dy: usize, x: usize, length: usize): void {
  const zero = v128.splat<T>(0 as T);
  for (const end = x + length * sizeof<T>(); x < end; x += 16, dy += 16, dx += 16) {
    const value = v128.load(x);
    const zeroOrNaN = v128.andnot(value, v128.le<T>(value, zero));
    v128.store(dx, v128.bitselect(v128.load(dy), zeroOrNaN, v128.gt<T>(value, zero)));
  }
}

export function reluFloat32(y: usize, x: usize, length: usize): void {
  relu<f32>(y, x, length);
}

export function reluFloat64(y: usize, x: usize, length: usize): void {
  relu<f64>(y, x, length);
}

export function reluBackwardFloat32(dx: usize, dy: usize, x: usize, length: usize): void {
  reluBackward<f32>(dx, dy, x, length);
}

export function reluBackwardFloat64(dx: usize, dy: usize, x: usize, length: usize): void {
  reluBackward<f64>(dx, dy, x, length);
}
