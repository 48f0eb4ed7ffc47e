import { exp } from "./portable-math.js";

// Polynomials, highest power first, from fixtures/portable-math.py.

/** (Φ(x) − ½)/x in x², |x| ≤ 1. */
export const MIDDLE: readonly number[] = [
  4.0743269774266276e-12, -1.106432828275589e-10, 2.2704137585676e-9, -4.1224107514160815e-8,
  6.659679879655231e-7, -9.444655793103845e-6, 0.00011543468751655941, -0.0011873282154680343,
  0.009973557010035022, -0.06649038006690543, 0.3989422804014327,
];

/** (1 + x)·e^(x²/2)·Φ(−x) in t = (x − 5)/(x + 5), 1 ≤ x ≤ 40. */
export const TAIL: readonly number[] = [
  6.642328646672147e-9, -2.2871751147682333e-8, -3.403053980010984e-8, 1.8979941127640752e-7,
  1.3573186338132062e-7, -1.3047699532823296e-6, -7.471284871081746e-8, 9.05929570080663e-6,
  -9.894624252528332e-6, -5.360757528468961e-5, 0.0001823338336283521, 7.791616617602612e-6,
  -0.001676072303710601, 0.0065220006639126705, -0.015170415405670868, 0.02453696324400305,
  -0.026401042966180385, 0.010002352385218075, 0.03103036842596162, -0.09155228183400893, 0.4615158298500378,
];

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * x + coefficient;
  return sum;
}

/**
 * e^(−x²/2), within 2 units in the last place, 0 beyond |x| = 39. Rounded to float32, x has a square without rounding
 * error, which the exponential would multiply; the rest of x² is (x − rounded)·(x + rounded).
 */
export function gaussian(x: number): number {
  if (Math.abs(x) > 39) return 0;
  const rounded = Math.fround(x);
  return exp((-rounded * rounded) / 2) * exp(((rounded - x) * (rounded + x)) / 2);
}

/**
 * Φ(x) = ½·(1 + erf(x/√2)), the share of a standard normal distribution below x. Below −1 it is the tail itself, not
 * what is left of ½, so that it keeps its digits down to 1e-300: within 4 units in the last place.
 */
export function normalCdf(x: number): number {
  const size = Math.abs(x);
  if (size <= 1) return 0.5 + x * polynomial(MIDDLE, x * x);
  const tail = size > 39 ? 0 : (gaussian(size) * polynomial(TAIL, (size - 5) / (size + 5))) / (1 + size);
  return x < 0 ? tail : x > 0 ? 1 - tail : x;
}
