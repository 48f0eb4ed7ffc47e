import { loadPair, storePair } from "./pair";

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

/** y = x where x > 0, else slope·x. The slope is no float32. */
function leakyRelu<T extends number>(y: usize, x: usize, length: usize, slope: f64): void {
  for (let i: usize = 0; i < length * sizeof<T>(); i += 2 * sizeof<T>()) {
    const value = loadPair<T>(x + i);
    const below = f64x2.mul(f64x2.splat(slope), value);
    storePair<T>(y + i, v128.bitselect(value, below, f64x2.gt(value, f64x2.splat(0))));
  }
}

/** dx = dy where x > 0, else slope·dy; NaN where x is NaN. */
function leakyReluBackward<T extends number>(
  dx: usize,
  dy: usize,
  x: usize,
  length: usize,
  slope: f64,
): void {
  const zero = f64x2.splat(0);
  for (let i: usize = 0; i < length * sizeof<T>(); i += 2 * sizeof<T>()) {
    const value = loadPair<T>(x + i);
    const gradient = loadPair<T>(dy + i);
    const below = v128.bitselect(f64x2.mul(f64x2.splat(slope), gradient), value, f64x2.le(value, zero));
    storePair<T>(dx + i, v128.bitselect(gradient, below, f64x2.gt(value, zero)));
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

export function leakyReluFloat32(y: usize, x: usize, length: usize, slope: f64): void {
  leakyRelu<f32>(y, x, length, slope);
}

export function leakyReluFloat64(y: usize, x: usize, length: usize, slope: f64): void {
  leakyRelu<f64>(y, x, length, slope);
}

export function leakyReluBackwardFloat32(dx: usize, dy: usize, x: usize, length: usize, slope: f64): void {
  leakyReluBackward<f32>(dx, dy, x, length, slope);
}

export function leakyReluBackwardFloat64(dx: usize, dy: usize, x: usize, length: usize, slope: f64): void {
  leakyReluBackward<f64>(dx, dy, x, length, slope);
}
