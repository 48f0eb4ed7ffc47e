/**
 * exp, log and what is made of them, out of +, −, ×, ÷ and bit patterns alone, which IEEE 754 fixes to the bit.
 * `Math.exp` and its like may differ between JavaScript engines, and a training run repeats their last bit.
 */

const view = new DataView(new ArrayBuffer(8));

/** 2ᵏ for −1022 ≤ k ≤ 1023. */
function powerOfTwo(k: number): number {
  view.setUint32(0, (k + 1023) << 20);
  view.setUint32(4, 0);
  return view.getFloat64(0);
}

// ln 2 in two parts: the first has 33 significant bits, so that k · LN2_HIGH is exact for every exponent k.
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const SMALLEST_NORMAL = 2.2250738585072014e-308;

/**
 * eˣ. With k = round(x / ln 2) and r = x − k·ln 2, |r| ≤ ln 2 / 2, it is 2ᵏ · Σ rⁱ/i!, i ≤ 13
 * (next term below 5e-18). Within 2 units in the last place; overflows to Infinity, underflows to 0.
 */
export function exp(x: number): number {
  if (x !== x) return x;
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY;
  if (x < -745.1332191019412) return 0;
  const k = Math.floor(x / Math.LN2 + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 1;
  for (let i = 13; i > 0; i--) sum = 1 + (sum * r) / i;
  // Two factors, because 2ᵏ alone leaves the range of normal numbers at both ends.
  const half = k >> 1;
  return sum * powerOfTwo(half) * powerOfTwo(k - half);
}

/**
 * Natural logarithm. With x = m·2ᵏ, √½ ≤ m < √2 and s = (m − 1)/(m + 1), it is
 * k·ln 2 + 2·Σ s²ⁱ⁺¹/(2i + 1), i ≤ 10 (next term below 2e-19). Within 2 units in the last place.
 * log(0) is −Infinity, log of a negative number NaN.
 */
export function log(x: number): number {
  if (!(x > 0) || x === Number.POSITIVE_INFINITY)
    return x === 0 ? Number.NEGATIVE_INFINITY : x > 0 ? x : Number.NaN;
  let scaled = x;
  let k = 0;
  if (x < SMALLEST_NORMAL) {
    scaled = x * 18014398509481984; // 2⁵⁴
    k = -54;
  }
  view.setFloat64(0, scaled);
  const high = view.getUint32(0);
  k += (high >>> 20) - 1023;
  view.setUint32(0, (high & 0xfffff) | 0x3ff00000);
  let m = view.getFloat64(0);
  if (m >= Math.SQRT2) {
    m /= 2;
    k += 1;
  }
  const s = (m - 1) / (m + 1);
  return k * LN2_HIGH + (2 * s + (2 * s * atanhSeries(s) + k * LN2_LOW));
}

/** Σ s²ⁱ/(2i + 1), 1 ≤ i ≤ 10: what artanh(s)/s is beyond 1, for |s| ≤ 0.172. */
function atanhSeries(s: number): number {
  const s2 = s * s;
  let sum = 0;
  for (let i = 21; i > 1; i -= 2) sum = (sum + 1 / i) * s2;
  return sum;
}

/**
 * log(1 + x) for x ≥ 0, with every digit of a small x: below √2 − 1 as {@link log} with s = x/(2 + x).
 * Within 3 units in the last place.
 */
export function log1p(x: number): number {
  if (!(x < Math.SQRT2 - 1)) return log(1 + x);
  const s = x / (2 + x);
  return 2 * s + 2 * s * atanhSeries(s);
}

/** eˣ − 1 for |x| ≤ 44, with every digit of a small x: like {@link exp}, r·Σ rⁱ/(i + 1)! instead of 1 + that. */
function expm1(x: number): number {
  const k = Math.floor(x / Math.LN2 + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 1;
  for (let i = 14; i > 1; i--) sum = 1 + (sum * r) / i;
  const scale = powerOfTwo(k);
  return scale * (r * sum) + (scale - 1);
}

/** Hyperbolic tangent: t/(t + 2) with t = e²ˣ − 1 for the smaller half. Within 3 units in the last place. */
export function tanh(x: number): number {
  const size = Math.abs(x);
  if (size > 22) return x > 0 ? 1 : -1;
  if (size < 1) {
    const t = expm1(2 * size);
    return x < 0 ? -t / (t + 2) : x === 0 ? x : t / (t + 2);
  }
  const rest = 2 / (expm1(2 * size) + 2);
  return x < 0 ? rest - 1 : 1 - rest;
}

/** 1/(1 + e⁻ˣ): the exponential is the one that does not overflow. Within 2 units in the last place. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + exp(-x));
  const e = exp(x);
  return e / (1 + e);
}
