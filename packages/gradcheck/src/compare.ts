import { formatIndex } from "./indices.js";

/** |actual − expected| ≤ atol + rtol·|expected|. Both are finite and not negative. */
export interface Tolerance {
  readonly atol: number;
  readonly rtol: number;
}

export interface ComparisonOptions extends Tolerance {
  /** Both sides' shape: the message then names the worst element by its multi-index. */
  readonly shape?: readonly number[];
}

/** The element that used most of its tolerance. */
export interface WorstElement {
  /** Position in the flat arrays. */
  readonly index: number;
  readonly actual: number;
  readonly expected: number;
  /** |actual − expected|; NaN where either side is NaN. */
  readonly error: number;
  /** atol + rtol·|expected| */
  readonly bound: number;
}

export interface Comparison {
  readonly pass: boolean;
  /** error / bound of the worst element: 0 is equal, 1 is exactly at the bound, above 1 fails. */
  readonly used: number;
  /** Undefined when no element was compared: both sides are empty, or their lengths differ. */
  readonly worst: WorstElement | undefined;
  /** How many elements are outside the tolerance. */
  readonly outside: number;
  /** Readable account of the above, several lines. */
  readonly message: string;
}

/**
 * How much of the tolerance the pair uses: |a − b| / (atol + rtol·|b|), passing up to 1.
 * Equal numbers use none of it, also equal infinities. A pair that is not finite otherwise uses infinitely much.
 */
export function toleranceUsed(actual: number, expected: number, { atol, rtol }: Tolerance): number {
  if (actual === expected) return 0;
  const error = Math.abs(actual - expected);
  // Without this an infinite expected value would have an infinite bound, and match anything.
  if (!Number.isFinite(error)) return Number.POSITIVE_INFINITY;
  return error / (atol + rtol * Math.abs(expected));
}

/**
 * Compares two runs of numbers element by element: |actual − expected| ≤ atol + rtol·|expected|.
 * NaN matches nothing, not even NaN. An infinity matches only the same infinity. −0 matches 0.
 * Runs of different length do not match. Two empty runs do.
 *
 * @throws RangeError when atol or rtol is negative or not finite.
 */
export function compareNumbers(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  options: ComparisonOptions,
): Comparison {
  expectTolerance("compareNumbers", options);
  const { atol, rtol, shape } = options;
  if (actual.length !== expected.length) {
    const message = `lengths differ: got ${actual.length} numbers, expected ${expected.length}`;
    return { pass: false, used: Number.POSITIVE_INFINITY, worst: undefined, outside: 0, message };
  }

  let used = -1;
  let index = -1;
  let outside = 0;
  for (let i = 0; i < actual.length; i++) {
    const share = toleranceUsed(actual[i], expected[i], options);
    if (share > 1) outside++;
    if (share > used) {
      used = share;
      index = i;
    }
  }
  if (index < 0) {
    return { pass: true, used: 0, worst: undefined, outside, message: "both are empty" };
  }

  const worst: WorstElement = {
    index,
    actual: actual[index],
    expected: expected[index],
    error: actual[index] === expected[index] ? 0 : Math.abs(actual[index] - expected[index]),
    bound: atol + rtol * Math.abs(expected[index]),
  };
  const message = [
    `${outside} of ${actual.length} elements are outside atol ${atol} + rtol ${rtol}·|expected|`,
    `worst at  ${shape ? formatIndex(index, shape) : index}`,
    `actual    ${worst.actual}`,
    `expected  ${worst.expected}`,
    `error     ${worst.error.toExponential(2)}`,
    `bound     ${worst.bound.toExponential(2)}, used ${used.toPrecision(3)} times`,
  ].join("\n");
  return { pass: used <= 1, used, worst, outside, message };
}

/** @throws RangeError that begins with `where` when atol or rtol is negative or not finite. */
export function expectTolerance(where: string, tolerance: Tolerance): void {
  for (const name of ["atol", "rtol"] as const) {
    const value = tolerance[name];
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`${where}: ${name} must be finite and not negative, got ${value}`);
    }
  }
}
