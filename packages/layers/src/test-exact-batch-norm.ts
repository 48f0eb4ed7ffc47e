/**
 * Batch norm in exact rational arithmetic: the truth that the float64 formulas are measured against.
 *
 * Every number is an integer times a power of two, so σ², mean(dy·x̂)·x̂ and all other sums and products are exact
 * fractions, whatever the offset and however close to overflow. Only r is irrational, and it is a factor of every
 * result: with N rows, integers Dᵢ = N·xᵢ − Σx and Q = ΣD², and K = Q + N³·ε,
 *
 *     σ² + ε = K/N³        y − β = γ·Dᵢ·√(N/K)        dγ = √(N/K)·Σ dy·D
 *     dx = γ·√(N/K)·((N·dyᵢ − Σdy)·K − N·Dᵢ·Σdy·D) / K
 *
 * √(N/K) is taken to 128 bits, and each result is rounded to float64 once, at the end.
 */

export interface ExactInput {
  /** [rows, features] each, row-major. */
  readonly x: ArrayLike<number>;
  readonly dy: ArrayLike<number>;
  readonly gamma: ArrayLike<number>;
  readonly beta: ArrayLike<number>;
  readonly epsilon: number;
  /** The running pair of an evaluation pass; without one it is a training pass. */
  readonly pair?: { readonly mean: ArrayLike<number>; readonly variance: ArrayLike<number> };
}

export interface ExactPass {
  readonly y: Float64Array;
  readonly dx: Float64Array;
  readonly dGamma: Float64Array;
  readonly dBeta: Float64Array;
  /** 1/√(σ² + ε), by feature. */
  readonly r: Float64Array;
}

export function exactBatchNorm({ x, dy, gamma, beta, epsilon, pair }: ExactInput): ExactPass {
  const features = gamma.length;
  const rows = x.length / features;
  const pass: ExactPass = {
    y: new Float64Array(x.length),
    dx: new Float64Array(x.length),
    dGamma: new Float64Array(features),
    dBeta: new Float64Array(features),
    r: new Float64Array(features),
  };
  const column = (from: ArrayLike<number>, j: number) =>
    Array.from({ length: rows }, (_, i) => from[i * features + j]);

  for (let j = 0; j < features; j++) {
    // An evaluation pass is the same with N = 1 and D = x − pop_mean.
    const n = pair ? 1n : BigInt(rows);
    const values = integers(pair ? [...column(x, j), pair.mean[j]] : column(x, j));
    const sumX = pair ? values.integers[rows] : sum(values.integers);
    const centred = values.integers.slice(0, rows).map((X) => n * X - sumX);

    // K in units of 4^exponent of x, over the power of two that makes it whole.
    const squares = pair ? 0n : sum(centred.map((D) => D * D));
    const added = [dyadic(epsilon), ...(pair ? [dyadic(pair.variance[j])] : [])];
    const exponents = added.map(({ exponent }) => exponent - 2 * values.exponent);
    const scale = BigInt(Math.max(0, ...exponents.map((e) => -e)));
    const k = added.reduce(
      (total, { integer }, i) => total + n ** 3n * integer * 2n ** (scale + BigInt(exponents[i])),
      squares << scale,
    );
    const root = rootOfRatio(n << scale, k); // √(N/K)·2^−exponent of x is r/N
    pass.r[j] = toNumber(n * root.integer, root.exponent - values.exponent);

    const upstream = integers(column(dy, j));
    const sumDy = sum(upstream.integers);
    const sumDyD = sum(upstream.integers.map((G, i) => G * centred[i]));
    pass.dBeta[j] = toNumber(sumDy, upstream.exponent);
    pass.dGamma[j] = toNumber(sumDyD * root.integer, upstream.exponent + root.exponent);

    const { integer: g, exponent: gExponent } = dyadic(gamma[j]);
    const { integer: b, exponent: bExponent } = dyadic(beta[j]);
    const factor = g * root.integer;
    const factorExponent = gExponent + root.exponent;
    const low = Math.min(factorExponent, bExponent);
    const slope = factor << BigInt(factorExponent - low);
    const intercept = b << BigInt(bExponent - low);
    // N·Σdy·D/K is rounded once, instead of a division in every row: share·D is right to 2⁻¹⁶⁰ of the unit of dy.
    const bits = 160n + BigInt(bitLength(greatest(centred)));
    const share = pair ? 0n : ((n * sumDyD) << (scale + bits)) / k;
    const dxExponent = factorExponent + upstream.exponent - values.exponent - Number(bits);
    for (let i = 0; i < rows; i++) {
      const G = upstream.integers[i];
      const rest = pair ? G : n * G - sumDy;
      pass.y[i * features + j] = toNumber(slope * centred[i] + intercept, low);
      pass.dx[i * features + j] = toNumber(factor * ((rest << bits) - share * centred[i]), dxExponent);
    }
  }
  return pass;
}

interface Dyadic {
  readonly integer: bigint;
  readonly exponent: number;
}

const view = new DataView(new ArrayBuffer(8));

/** A finite number as integer·2^exponent. */
function dyadic(value: number): Dyadic {
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  if (biased === 0x7ff) throw new RangeError(`exactBatchNorm: numbers must be finite, got ${value}`);
  const fraction = bits & ((1n << 52n) - 1n);
  const magnitude = biased === 0 ? fraction : fraction | (1n << 52n);
  return { integer: value < 0 ? -magnitude : magnitude, exponent: Math.max(biased, 1) - 1075 };
}

/** Numbers as integers of one common exponent, without the zero bits that all of them end with. */
function integers(values: readonly number[]): { integers: bigint[]; exponent: number } {
  const exact = values.map(dyadic).map(({ integer, exponent }) => {
    if (integer === 0n) return { integer, exponent: Number.POSITIVE_INFINITY };
    const zeros = Math.log2(Number(integer & -integer));
    return { integer: integer >> BigInt(zeros), exponent: exponent + zeros };
  });
  const lowest = exact.reduce((low, { exponent }) => Math.min(low, exponent), Number.POSITIVE_INFINITY);
  const exponent = Number.isFinite(lowest) ? lowest : 0;
  return {
    integers: exact.map((one) => (one.integer === 0n ? 0n : one.integer << BigInt(one.exponent - exponent))),
    exponent,
  };
}

const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);

const greatest = (values: readonly bigint[]): bigint =>
  values.reduce((most, value) => (value > most ? value : -value > most ? -value : most), 0n);

/** √(numerator/denominator), both positive, to at least 128 bits. */
function rootOfRatio(numerator: bigint, denominator: bigint): Dyadic {
  const half = Math.ceil((bitLength(denominator) - bitLength(numerator)) / 2) + 130;
  const shift = BigInt(2 * half);
  const square = shift >= 0n ? (numerator << shift) / denominator : numerator / (denominator << -shift);
  // Newton's method from above descends to the floor of the root.
  let root = 1n << BigInt(Math.ceil(bitLength(square) / 2));
  for (;;) {
    const next = (root + square / root) >> 1n;
    if (next >= root) return { integer: root, exponent: -half };
    root = next;
  }
}

/** At most 3 too many. */
const bitLength = (value: bigint): number => 4 * (value < 0n ? -value : value).toString(16).length;

/** integer·2^exponent as the nearest float64. */
function toNumber(integer: bigint, exponent: number): number {
  // More bits than float64 keeps, few enough for an exact power of two beside them.
  const shift = Math.max(0, bitLength(integer) - 72);
  const power = shift + exponent;
  const half = Math.trunc(power / 2);
  return Number(integer >> BigInt(shift)) * 2 ** half * 2 ** (power - half);
}
