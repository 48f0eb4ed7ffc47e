import { loadPair, storePair } from "./pair";
import {
  exp,
  expOfMinusSize,
  gaussian,
  log,
  normalCdfOf,
  sigmoid,
  sigmoidOf,
  sigmoidSlopeOf,
  tanh,
} from "./portable-math";

// Functions of one number and the slopes of activations, as in src/engines/scalar/activations.ts. Operations go by
// their place in src/engines/wasm/elementwise.ts.

const TWICE_ROOT_TWO_OVER_PI: f64 = 1.5957691216057308;
const CUBIC: f64 = 0.044715;

/** f·x, and 0 where f has vanished. */
function vanishing(f: v128, x: v128): v128 {
  return v128.andnot(f64x2.mul(f, x), f64x2.eq(f, f64x2.splat(0)));
}

/** 2·√(2/π)·(x + 0.044715·x³). */
function geluTanhArgument(x: v128): v128 {
  const cube = f64x2.mul(f64x2.mul(f64x2.mul(f64x2.splat(CUBIC), x), x), x);
  return f64x2.mul(f64x2.splat(TWICE_ROOT_TWO_OVER_PI), f64x2.add(x, cube));
}

function apply(operation: i32, x: v128): v128 {
  switch (operation) {
    case 0:
      return sigmoid(x);
    case 1:
      return tanh(x);
    case 2:
      return vanishing(normalCdfOf(x, gaussian(x)), x);
    case 3:
      return vanishing(sigmoid(geluTanhArgument(x)), x);
    case 4:
      return exp(x);
    case 5:
      return log(x);
    default:
      return f64x2.sqrt(x);
  }
}

/** 1/cosh²(x). */
function tanhSlope(x: v128): v128 {
  const e = exp(f64x2.mul(f64x2.splat(-2), f64x2.abs(x)));
  const sum = f64x2.add(f64x2.splat(1), e);
  return f64x2.div(f64x2.mul(f64x2.splat(4), e), f64x2.mul(sum, sum));
}

/** Φ(x) + x·φ(x). */
function geluSlope(x: v128): v128 {
  const density = gaussian(x);
  const rest = f64x2.mul(vanishing(density, x), f64x2.splat(0.3989422804014327));
  return f64x2.add(normalCdfOf(x, density), rest);
}

function geluTanhSlope(x: v128): v128 {
  const u = geluTanhArgument(x);
  const square = f64x2.mul(f64x2.mul(f64x2.splat(3 * CUBIC), x), x);
  const du = f64x2.mul(f64x2.splat(TWICE_ROOT_TWO_OVER_PI), f64x2.add(f64x2.splat(1), square));
  const e = expOfMinusSize(u);
  return f64x2.add(sigmoidOf(u, e), vanishing(sigmoidSlopeOf(e), f64x2.mul(x, du)));
}

function slope(operation: i32, x: v128): v128 {
  switch (operation) {
    case 0:
      return sigmoidSlopeOf(expOfMinusSize(x));
    case 1:
      return tanhSlope(x);
    case 2:
      return geluSlope(x);
    default:
      return geluTanhSlope(x);
  }
}

/** y = f(x). */
function unary<T extends number>(y: usize, x: usize, length: usize, operation: i32): void {
  for (let i: usize = 0; i < length * sizeof<T>(); i += 2 * sizeof<T>()) {
    storePair<T>(y + i, apply(operation, loadPair<T>(x + i)));
  }
}

/** dx = dy·f′(x). */
function unaryBackward<T extends number>(
  dx: usize,
  dy: usize,
  x: usize,
  length: usize,
  operation: i32,
): void {
  for (let i: usize = 0; i < length * sizeof<T>(); i += 2 * sizeof<T>()) {
    storePair<T>(dx + i, f64x2.mul(loadPair<T>(dy + i), slope(operation, loadPair<T>(x + i))));
  }
}

export function unaryFloat32(y: usize, x: usize, length: usize, operation: i32): void {
  unary<f32>(y, x, length, operation);
}

export function unaryFloat64(y: usize, x: usize, length: usize, operation: i32): void {
  unary<f64>(y, x, length, operation);
}

export function unaryBackwardFloat32(dx: usize, dy: usize, x: usize, length: usize, operation: i32): void {
  unaryBackward<f32>(dx, dy, x, length, operation);
}

export function unaryBackwardFloat64(dx: usize, dy: usize, x: usize, length: usize, operation: i32): void {
  unaryBackward<f64>(dx, dy, x, length, operation);
}
