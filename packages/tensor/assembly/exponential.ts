import { loadPair, storePair } from "./pair";

// The arithmetic of src/portable-math.ts, step by step, on two numbers at a time.

const LN2: f64 = Math.LN2;
const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;

/** y = eˣ. */
function exp<T extends number>(y: usize, x: usize, length: usize): void {
  for (let i: usize = 0; i < length * sizeof<T>(); i += 2 * sizeof<T>()) {
    storePair<T>(y + i, expPair(loadPair<T>(x + i)));
  }
}

function expPair(x: v128): v128 {
  const k = f64x2.floor(f64x2.add(f64x2.div(x, f64x2.splat(LN2)), f64x2.splat(0.5)));
  const rest = f64x2.sub(x, f64x2.mul(k, f64x2.splat(LN2_HIGH)));
  const r = f64x2.sub(rest, f64x2.mul(k, f64x2.splat(LN2_LOW)));
  let sum = f64x2.splat(1);
  for (let i = 13; i > 0; i--) {
    sum = f64x2.add(f64x2.splat(1), f64x2.div(f64x2.mul(sum, r), f64x2.splat(i as f64)));
  }
  // Two factors, because 2ᵏ alone leaves the range of normal numbers at both ends.
  const whole = i64x2.extend_low_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(k));
  const half = i64x2.shr_s(whole, 1);
  const power = f64x2.mul(f64x2.mul(sum, powerOfTwo(half)), powerOfTwo(i64x2.sub(whole, half)));
  const below = f64x2.lt(x, f64x2.splat(-745.1332191019412));
  const above = f64x2.gt(x, f64x2.splat(709.782712893384));
  const finite = v128.bitselect(f64x2.splat(Infinity), v128.andnot(power, below), above);
  return v128.bitselect(finite, x, f64x2.eq(x, x));
}

/** 2ᵏ for −1022 ≤ k ≤ 1023. */
function powerOfTwo(k: v128): v128 {
  return i64x2.shl(i64x2.add(k, i64x2.splat(1023)), 52);
}

export function expFloat32(y: usize, x: usize, length: usize): void {
  exp<f32>(y, x, length);
}

export function expFloat64(y: usize, x: usize, length: usize): void {
  exp<f64>(y, x, length);
}
