import type { Kind } from "./work.js";

/** Of a first loss and of any entry of a result: nothing but float32 rounding in another order of sums. */
export const TOLERANCE = 1e-4;
/** Of later losses: rounding has moved the weights, and Adam divides tiny gradients by their own size. */
export const LATER_LOSS_TOLERANCE = 2e-3;

/**
 * Why `numbers` are not the result of the same work as `expected`; undefined where they are. Losses are compared
 * relatively, entries of one result in units of its largest.
 */
export function differenceOf(
  kind: Kind,
  numbers: readonly number[],
  expected: readonly number[],
): string | undefined {
  const training = kind === "training";
  // Training that is slow stops after two steps: the second loss shows the first update.
  const enough = training ? 2 : expected.length;
  if (numbers.length < enough) return `${numbers.length} numbers instead of ${expected.length}`;
  const largest = Math.max(...expected.map(Math.abs));
  for (const [i, ours] of expected.slice(0, numbers.length).entries()) {
    const bound = training
      ? (i === 0 ? TOLERANCE : LATER_LOSS_TOLERANCE) * Math.abs(ours)
      : TOLERANCE * largest;
    if (!(Math.abs(numbers[i] - ours) <= bound)) {
      return `${training ? "loss" : "number"} ${i + 1} is ${numbers[i]}, not ${ours}`;
    }
  }
  return undefined;
}
