import {
  type AnyTensor,
  type AxisPattern,
  DTypeError,
  type FloatDType,
  requireShape,
} from "@handgrad/tensor";

/** Throws unless `x` is what `what` must be, such as `BatchNorm.forward: x must be [N>=2, 128], got [32, 784] (…)`. */
export function requireInput(
  what: string,
  x: AnyTensor,
  shape: readonly AxisPattern[],
  dtype: FloatDType,
): void {
  if (x.dtype !== dtype) throw new DTypeError(`${what} must be ${dtype}, got ${x.dtype}`);
  requireShape(what, x.shape, shape);
}

/** Throws unless `width` can be a layer's number of features. */
export function requireWidth(what: string, width: number): void {
  if (!Number.isSafeInteger(width) || width < 1) {
    throw new RangeError(`${what} must be a positive integer, got ${width}`);
  }
}

/** The cache that the last forward pass left, or an error that says what is missing. */
export function requireForward<Cache>(name: string, cache: Cache | undefined): Cache {
  if (cache === undefined) throw new Error(`${name}.backward: there is no forward pass to go back through`);
  return cache;
}
