import type { Precision } from "../implementation.js";
import { SHARE } from "../naming/fits.js";
import { UNIT } from "../rounding.js";

/** How far a formula is from what was recorded. */
export interface Misfit {
  /** Largest difference. */
  readonly worst: number;
  /** Largest share of what rounding explains; a formula fits up to 1. */
  readonly used: number;
  /** Where that is. */
  readonly index: number;
}

/** What a formula gives, with the sizes on which its rounding depends, per feature. */
export interface Prediction {
  readonly values: Float64Array;
  /** The largest term that is added or cancelled on the way. */
  readonly size: ArrayLike<number>;
  /** What becomes of one rounding of x: its own size, times the slope of the values by x. */
  readonly ofX: ArrayLike<number>;
}

/** |seen − predicted| beside SHARE·size + 4 roundings of x as far as the formula magnifies them. */
export function misfitOf(
  seen: Float64Array,
  { values, size, ofX }: Prediction,
  precision: Precision,
): Misfit {
  let misfit: Misfit = { worst: 0, used: 0, index: 0 };
  const features = size.length;
  seen.forEach((number, i) => {
    const difference = Math.abs(number - values[i]);
    const tolerance = SHARE[precision] * size[i % features] + 4 * UNIT[precision] * ofX[i % features];
    const used = difference === 0 ? 0 : difference / tolerance;
    // What is not finite fits nothing.
    const share = Number.isNaN(used) ? Number.POSITIVE_INFINITY : used;
    misfit = {
      worst: Math.max(misfit.worst, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference),
      used: Math.max(misfit.used, share),
      index: share > misfit.used ? i : misfit.index,
    };
  });
  return misfit;
}

/** What is as likely as the best fit: four times as far off, and up to four roundings of the thousand that fit. */
export const asGoodAs = (used: number): number => Math.max(4 * used, 2 ** -8);
