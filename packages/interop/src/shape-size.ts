import type { Fail } from "./format-error.js";

/** More axes than any tensor has; NumPy stops at 64. */
export const MOST_AXES = 64;

/** Number of elements, however the axes are multiplied: refused where a product is beyond 2^53 − 1. */
export function elementCount(shape: readonly number[], what: string, offset: number, fail: Fail): number {
  let product = 1;
  for (const size of shape) {
    // An axis of 0 empties the tensor, but may not hide an overflow in another library's order of multiplying.
    if (size > 0) product *= size;
    if (!Number.isSafeInteger(product)) {
      fail(`${what} has the shape [${shape.join(", ")}], too many elements`, offset);
    }
  }
  return shape.includes(0) ? 0 : product;
}
