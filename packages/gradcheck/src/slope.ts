import type { Tolerance } from "./compare.js";

/** What two evaluations, h above and h below a point v, say about L there. */
export interface Reading {
  /** (L(v + h) − L(v − h)) / 2h */
  readonly slope: number;
  /** Slope to the right minus slope to the left: goes to 0 with h where L is smooth. */
  readonly jump: number;
  /** Size of the rounding error in `slope`: the arithmetic's ε times |L|, over h. */
  readonly rounding: number;
}

export interface Slope {
  readonly value: number;
  /** Error of `value` that truncation and rounding explain. */
  readonly explained: number;
}

/** Ratio of neighbouring steps, and how many steps are tried at most. */
const RATIO = 4;
const STEPS = 32;
/** The first step, as a part of `scale`. */
const FIRST = 2 ** -6;
/** Among many noisy readings some agree by luck: the spread that is seen counts this many times. */
const SPREAD_MARGIN = 16;
const ROUNDING_MARGIN = 4;
/** From this error times step on, relative to |L|, L is taken for broken rather than noisy. */
const BROKEN = 1e-5;

/**
 * Derivative of L at v by central differences, for L computed in float64.
 *
 * A fixed step cannot serve: batch norm's outputs bend within σ, wherever x lies, and a kink next to v asks for
 * a step that does not reach it. So the step is found. From a large one, downwards by factors of 4, each pair of
 * neighbouring readings gives one Richardson extrapolation, (16·d(h/4) − d(h)) / 15, whose truncation error is
 * O(h⁴). The derivative is the middle one of three successive extrapolations that agree: truncation shows in
 * the larger step, rounding in the smaller. Their spread and the rounding expected at the smallest step make up
 * `explained`. The search ends when that is well below the tolerance or cannot improve, else the best three win.
 *
 * Undefined where L has no derivative: the one-sided slopes, extrapolated to h = 0 as (4·j(h/4) − j(h)) / 3,
 * keep the same difference however small the step (a kink), or no steps agree at all (a break).
 * Only values of L decide this, so that a wrong backward pass is never excused.
 *
 * Source for extrapolation that judges itself: Ridders, "Accurate computation of F′(x) and F′(x)F″(x)", 1982.
 *
 * @param scale positive: the size of numbers like v
 * @param read evaluates L at v ± h; h is a power of two, so that v ± h is exact where it can be. A reading that
 * is not finite, for an h that leaves L's domain or does not move v, counts as no agreement
 */
export function measureSlope(
  scale: number,
  read: (h: number) => Reading,
  { atol, rtol }: Tolerance,
): Slope | undefined {
  let best: (Slope & { readonly exists: boolean }) | undefined;
  const readings: Reading[] = [];
  let h = FIRST * 2 ** Math.floor(Math.log2(scale));
  for (let step = 0; step < STEPS; step++, h /= RATIO) {
    readings.push(read(h));
    if (readings.length < 4) continue;

    const [a, b, c, d] = readings.slice(-4);
    const value = extrapolateSlope(b, c);
    const spread = Math.max(
      Math.abs(value - extrapolateSlope(a, b)),
      Math.abs(value - extrapolateSlope(c, d)),
    );
    const explained = SPREAD_MARGIN * spread + ROUNDING_MARGIN * d.rounding;
    const bound = atol + rtol * Math.abs(value);

    const jump = Math.abs(extrapolateJump(c, d));
    const jumpBefore = Math.abs(extrapolateJump(b, c));
    const jumps = jump > bound + SPREAD_MARGIN * explained;
    // Readings that agree about a feature narrower than their steps: it shows as a jump that grows.
    if (jumps && jump > 2 * jumpBefore) continue;
    const kink = jumps && jump > jumpBefore / 2;
    const broken = explained > (BROKEN / Number.EPSILON) * d.rounding;

    if (explained < (best?.explained ?? Number.POSITIVE_INFINITY)) {
      best = { value, explained, exists: !kink && !broken };
    }
    if (explained <= bound / 10 || spread <= d.rounding) break;
  }
  return best?.exists ? { value: best.value, explained: best.explained } : undefined;
}

function extrapolateSlope(large: Reading, small: Reading): number {
  return small.slope + (small.slope - large.slope) / (RATIO ** 2 - 1);
}

function extrapolateJump(large: Reading, small: Reading): number {
  return small.jump + (small.jump - large.jump) / (RATIO - 1);
}
