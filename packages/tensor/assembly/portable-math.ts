// The arithmetic of src/portable-math.ts and src/normal-cdf.ts, step by step, on two numbers at a time. Where those
// branch, both branches are computed and one is selected. Division by a power of two is multiplication: the same bits.

const LN2: f64 = Math.LN2;
const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
const SQRT2: f64 = Math.SQRT2;

/** 1 + sum·r/i. */
function term(sum: v128, r: v128, i: f64): v128 {
  return f64x2.add(f64x2.splat(1), f64x2.div(f64x2.mul(sum, r), f64x2.splat(i)));
}

/** 1 + sum·r·inverse, for 1/i that is exact. */
function exactTerm(sum: v128, r: v128, inverse: f64): v128 {
  return f64x2.add(f64x2.splat(1), f64x2.mul(f64x2.mul(sum, r), f64x2.splat(inverse)));
}

function multipleOfLn2(x: v128): v128 {
  return f64x2.floor(f64x2.add(f64x2.div(x, f64x2.splat(LN2)), f64x2.splat(0.5)));
}

/** x − k·ln 2. */
function restOfLn2(x: v128, k: v128): v128 {
  const rest = f64x2.sub(x, f64x2.mul(k, f64x2.splat(LN2_HIGH)));
  return f64x2.sub(rest, f64x2.mul(k, f64x2.splat(LN2_LOW)));
}

function toInteger(k: v128): v128 {
  return i64x2.extend_low_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(k));
}

/** 2ᵏ for −1022 ≤ k ≤ 1023. */
function powerOfTwo(k: v128): v128 {
  return i64x2.shl(i64x2.add(k, i64x2.splat(1023)), 52);
}

/** eˣ. */
export function exp(x: v128): v128 {
  const k = multipleOfLn2(x);
  const r = restOfLn2(x, k);
  let sum = term(f64x2.splat(1), r, 13);
  sum = term(sum, r, 12);
  sum = term(sum, r, 11);
  sum = term(sum, r, 10);
  sum = term(sum, r, 9);
  sum = exactTerm(sum, r, 0.125);
  sum = term(sum, r, 7);
  sum = term(sum, r, 6);
  sum = term(sum, r, 5);
  sum = exactTerm(sum, r, 0.25);
  sum = term(sum, r, 3);
  sum = exactTerm(sum, r, 0.5);
  sum = f64x2.add(f64x2.splat(1), f64x2.mul(sum, r));
  // Two factors, because 2ᵏ alone leaves the range of normal numbers at both ends.
  const whole = toInteger(k);
  const half = i64x2.shr_s(whole, 1);
  const power = f64x2.mul(f64x2.mul(sum, powerOfTwo(half)), powerOfTwo(i64x2.sub(whole, half)));
  const below = f64x2.lt(x, f64x2.splat(-745.1332191019412));
  const above = f64x2.gt(x, f64x2.splat(709.782712893384));
  const finite = v128.bitselect(f64x2.splat(Infinity), v128.andnot(power, below), above);
  return v128.bitselect(finite, x, f64x2.eq(x, x));
}

/** eˣ − 1 for 0 ≤ x ≤ 44. */
function expm1(x: v128): v128 {
  const k = multipleOfLn2(x);
  const r = restOfLn2(x, k);
  let sum = term(f64x2.splat(1), r, 14);
  sum = term(sum, r, 13);
  sum = term(sum, r, 12);
  sum = term(sum, r, 11);
  sum = term(sum, r, 10);
  sum = term(sum, r, 9);
  sum = exactTerm(sum, r, 0.125);
  sum = term(sum, r, 7);
  sum = term(sum, r, 6);
  sum = term(sum, r, 5);
  sum = exactTerm(sum, r, 0.25);
  sum = term(sum, r, 3);
  sum = exactTerm(sum, r, 0.5);
  const scale = powerOfTwo(toInteger(k));
  return f64x2.add(f64x2.mul(scale, f64x2.mul(r, sum)), f64x2.sub(scale, f64x2.splat(1)));
}

function seriesTerm(sum: v128, s2: v128, i: f64): v128 {
  return f64x2.mul(f64x2.add(sum, f64x2.splat(1 / i)), s2);
}

/** k·ln 2 + 2·artanh(s). */
function logOf(s: v128, k: v128): v128 {
  const s2 = f64x2.mul(s, s);
  let sum = seriesTerm(f64x2.splat(0), s2, 21);
  sum = seriesTerm(sum, s2, 19);
  sum = seriesTerm(sum, s2, 17);
  sum = seriesTerm(sum, s2, 15);
  sum = seriesTerm(sum, s2, 13);
  sum = seriesTerm(sum, s2, 11);
  sum = seriesTerm(sum, s2, 9);
  sum = seriesTerm(sum, s2, 7);
  sum = seriesTerm(sum, s2, 5);
  sum = seriesTerm(sum, s2, 3);
  const twice = f64x2.add(s, s);
  const low = f64x2.add(f64x2.mul(twice, sum), f64x2.mul(k, f64x2.splat(LN2_LOW)));
  return f64x2.add(f64x2.mul(k, f64x2.splat(LN2_HIGH)), f64x2.add(twice, low));
}

/** log(x), or where `x` is 1 + `small`, and that below √2 − 1, log(1 + small) with its digits. */
function logSelecting(x: v128, small: v128, useSmall: v128): v128 {
  const subnormal = f64x2.lt(x, f64x2.splat(2.2250738585072014e-308));
  const scaled = v128.bitselect(f64x2.mul(x, f64x2.splat(18014398509481984)), x, subnormal);
  const fraction = v128.or(v128.and(scaled, i64x2.splat(0xfffffffffffff)), f64x2.splat(1));
  const large = f64x2.ge(fraction, f64x2.splat(SQRT2));
  const m = v128.bitselect(f64x2.mul(fraction, f64x2.splat(0.5)), fraction, large);
  // The exponents are 32 bits wide here, and a mask is −1.
  const bias = i64x2.sub(v128.and(subnormal, i64x2.splat(-54)), i64x2.splat(1023));
  const exponent = i64x2.sub(i64x2.add(i64x2.shr_u(scaled, 52), bias), large);
  const k = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(exponent, exponent, 0, 2, 0, 2));
  const one = f64x2.splat(1);
  const s = f64x2.div(f64x2.sub(m, one), f64x2.add(m, one));
  const sSmall = f64x2.div(small, f64x2.add(f64x2.splat(2), small));
  return logOf(v128.bitselect(sSmall, s, useSmall), v128.andnot(k, useSmall));
}

/** Natural logarithm. */
export function log(x: v128): v128 {
  const zero = f64x2.splat(0);
  const infinity = f64x2.splat(Infinity);
  const finite = logSelecting(x, zero, zero);
  const positive = v128.bitselect(x, finite, f64x2.eq(x, infinity));
  const other = v128.bitselect(f64x2.neg(infinity), f64x2.splat(NaN), f64x2.eq(x, zero));
  return v128.bitselect(positive, other, f64x2.gt(x, zero));
}

/** log(1 + x) for 0 ≤ x ≤ 1. */
export function log1p(x: v128): v128 {
  const sum = logSelecting(f64x2.add(f64x2.splat(1), x), x, f64x2.lt(x, f64x2.splat(SQRT2 - 1)));
  return v128.bitselect(sum, x, f64x2.eq(x, x));
}

/** `size` with the sign of `x`. */
function withSign(size: v128, x: v128): v128 {
  return v128.bitselect(x, size, f64x2.splat(-0.0));
}

/** Hyperbolic tangent. */
export function tanh(x: v128): v128 {
  const one = f64x2.splat(1);
  const two = f64x2.splat(2);
  const size = f64x2.abs(x);
  const t = expm1(f64x2.mul(two, f64x2.min(size, f64x2.splat(22))));
  const divisor = f64x2.add(t, two);
  const isSmall = f64x2.lt(size, one);
  const quotient = f64x2.div(v128.bitselect(t, two, isSmall), divisor);
  const below22 = v128.bitselect(quotient, f64x2.sub(one, quotient), isSmall);
  return withSign(v128.bitselect(one, below22, f64x2.gt(size, f64x2.splat(22))), x);
}

/** e^−|x|, of which σ and its slope are made. */
export function expOfMinusSize(x: v128): v128 {
  return exp(f64x2.neg(f64x2.abs(x)));
}

/** σ(x), where e = e^−|x|. */
export function sigmoidOf(x: v128, e: v128): v128 {
  const one = f64x2.splat(1);
  return f64x2.div(v128.bitselect(one, e, f64x2.ge(x, f64x2.splat(0))), f64x2.add(one, e));
}

/** 1/(1 + e⁻ˣ). */
export function sigmoid(x: v128): v128 {
  return sigmoidOf(x, expOfMinusSize(x));
}

/** σ(x)·σ(−x), where e = e^−|x|. */
export function sigmoidSlopeOf(e: v128): v128 {
  const one = f64x2.splat(1);
  const sum = f64x2.add(one, e);
  return f64x2.mul(f64x2.div(one, sum), f64x2.div(e, sum));
}

/** e^(−x²/2). */
export function gaussian(x: v128): v128 {
  const rounded = f64x2.promote_low_f32x4(f32x4.demote_f64x2_zero(x));
  const square = f64x2.mul(f64x2.neg(rounded), rounded);
  const rest = f64x2.mul(f64x2.sub(rounded, x), f64x2.add(rounded, x));
  const half = f64x2.splat(0.5);
  const product = f64x2.mul(exp(f64x2.mul(square, half)), exp(f64x2.mul(rest, half)));
  return v128.andnot(product, f64x2.gt(f64x2.abs(x), f64x2.splat(39)));
}

function next(sum: v128, x: v128, coefficient: f64): v128 {
  return f64x2.add(f64x2.mul(sum, x), f64x2.splat(coefficient));
}

/** MIDDLE of src/normal-cdf.ts. */
function middle(x: v128): v128 {
  let sum = f64x2.splat(4.0743269774266276e-12);
  sum = next(sum, x, -1.106432828275589e-10);
  sum = next(sum, x, 2.2704137585676e-9);
  sum = next(sum, x, -4.1224107514160815e-8);
  sum = next(sum, x, 6.659679879655231e-7);
  sum = next(sum, x, -9.444655793103845e-6);
  sum = next(sum, x, 0.00011543468751655941);
  sum = next(sum, x, -0.0011873282154680343);
  sum = next(sum, x, 0.009973557010035022);
  sum = next(sum, x, -0.06649038006690543);
  return next(sum, x, 0.3989422804014327);
}

/** TAIL of src/normal-cdf.ts. */
function tail(x: v128): v128 {
  let sum = f64x2.splat(6.642328646672147e-9);
  sum = next(sum, x, -2.2871751147682333e-8);
  sum = next(sum, x, -3.403053980010984e-8);
  sum = next(sum, x, 1.8979941127640752e-7);
  sum = next(sum, x, 1.3573186338132062e-7);
  sum = next(sum, x, -1.3047699532823296e-6);
  sum = next(sum, x, -7.471284871081746e-8);
  sum = next(sum, x, 9.05929570080663e-6);
  sum = next(sum, x, -9.894624252528332e-6);
  sum = next(sum, x, -5.360757528468961e-5);
  sum = next(sum, x, 0.0001823338336283521);
  sum = next(sum, x, 7.791616617602612e-6);
  sum = next(sum, x, -0.001676072303710601);
  sum = next(sum, x, 0.0065220006639126705);
  sum = next(sum, x, -0.015170415405670868);
  sum = next(sum, x, 0.02453696324400305);
  sum = next(sum, x, -0.026401042966180385);
  sum = next(sum, x, 0.010002352385218075);
  sum = next(sum, x, 0.03103036842596162);
  sum = next(sum, x, -0.09155228183400893);
  return next(sum, x, 0.4615158298500378);
}

/** Φ(x), where `density` is {@link gaussian} of x. */
export function normalCdfOf(x: v128, density: v128): v128 {
  const size = f64x2.abs(x);
  const one = f64x2.splat(1);
  const five = f64x2.splat(5);
  const centre = f64x2.add(f64x2.splat(0.5), f64x2.mul(x, middle(f64x2.mul(x, x))));
  const t = f64x2.div(f64x2.sub(size, five), f64x2.add(size, five));
  const product = f64x2.div(f64x2.mul(density, tail(t)), f64x2.add(one, size));
  const beyond = v128.andnot(product, f64x2.gt(size, f64x2.splat(39)));
  const side = v128.bitselect(beyond, f64x2.sub(one, beyond), f64x2.lt(x, f64x2.splat(0)));
  return v128.bitselect(centre, side, f64x2.le(size, one));
}
