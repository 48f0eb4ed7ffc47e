import type { FloatData } from "../../dtype.js";
import { gaussian, normalCdf } from "../../normal-cdf.js";
import { exp, sigmoid } from "../../portable-math.js";
import type { ActivationOperation } from "../kernels.js";

/** f·x, and 0 where f has vanished, also for an infinite x: f falls faster than any power of x grows. */
const vanishing = (f: number, x: number): number => (f === 0 ? 0 : f * x);

/** σ(x)·σ(−x), which unlike σ·(1 − σ) keeps its digits on both sides. */
const sigmoidSlope = (x: number): number => sigmoid(x) * sigmoid(-x);

/** 1/cosh²(x) = 4·e⁻²ˣ/(1 + e⁻²ˣ)², which unlike 1 − tanh² keeps its digits. */
function tanhSlope(x: number): number {
  const e = exp(-2 * Math.abs(x));
  return (4 * e) / ((1 + e) * (1 + e));
}

export const gelu = (x: number): number => vanishing(normalCdf(x), x);
/** Φ(x) + x·φ(x), φ(x) = e^(−x²/2)/√(2π). */
const geluSlope = (x: number): number => normalCdf(x) + vanishing(gaussian(x), x) * INVERSE_ROOT_TWO_PI;
const INVERSE_ROOT_TWO_PI = 0.3989422804014327;

// ½·(1 + tanh(u)) is σ(2u), which keeps its digits for negative u.
const TWICE_ROOT_TWO_OVER_PI = 1.5957691216057308;
const CUBIC = 0.044715;

export const geluTanh = (x: number): number =>
  vanishing(sigmoid(TWICE_ROOT_TWO_OVER_PI * (x + CUBIC * x * x * x)), x);
function geluTanhSlope(x: number): number {
  const u = TWICE_ROOT_TWO_OVER_PI * (x + CUBIC * x * x * x);
  const du = TWICE_ROOT_TWO_OVER_PI * (1 + 3 * CUBIC * x * x);
  return sigmoid(u) + vanishing(sigmoidSlope(u), x * du);
}

const slopes: Record<ActivationOperation, (x: number) => number> = {
  sigmoid: sigmoidSlope,
  tanh: tanhSlope,
  gelu: geluSlope,
  geluTanh: geluTanhSlope,
};

export function unaryBackward(
  operation: ActivationOperation,
  dx: FloatData,
  dy: FloatData,
  x: FloatData,
): void {
  const slope = slopes[operation];
  for (let i = 0; i < x.length; i++) dx[i] = dy[i] * slope(x[i]);
}
