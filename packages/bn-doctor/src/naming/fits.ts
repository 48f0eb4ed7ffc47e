import type { Precision } from "../implementation.js";

/**
 * To this share of the largest number of its kind a model must reproduce what was seen: a thousand roundings. A fault
 * is off by a thousandth at least on one of the inputs; whether a layer is *right* is decided far more sharply elsewhere.
 */
export const SHARE: Readonly<Record<Precision, number>> = { float32: 2 ** -14, float64: 2 ** -43 };

/**
 * Whether a model reproduces numbers. What is not finite fits nothing. `size` is what the numbers are made of, where
 * they may cancel to less.
 */
export function fits(
  seen: ArrayLike<number>,
  predicted: ArrayLike<number>,
  precision: Precision,
  size = 0,
): boolean {
  let largest = size;
  for (let i = 0; i < predicted.length; i++) largest = Math.max(largest, Math.abs(predicted[i]));
  const tolerance = SHARE[precision] * largest;
  for (let i = 0; i < seen.length; i++) {
    if (!(Math.abs(seen[i] - predicted[i]) <= tolerance)) return false;
  }
  return true;
}

/** Of models that all fit, the one with the fewest faults; the first of equals. */
export function simplest<Model extends { readonly faults: readonly unknown[] }>(
  models: readonly Model[],
): Model | undefined {
  return models.reduce<Model | undefined>(
    (best, model) => (best === undefined || model.faults.length < best.faults.length ? model : best),
    undefined,
  );
}
