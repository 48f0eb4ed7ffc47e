import {
  type AnyTensor,
  type AxisPattern,
  DTypeError,
  type FloatDType,
  formatShape,
  requireShape,
  ShapeError,
} from "@handgrad/tensor";
import type { Mode } from "./layer.js";

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

/** `x` seen as rows of its last axis. @throws ShapeError for a scalar. */
export function requireLastAxis(
  what: string,
  { shape, data }: AnyTensor,
): { readonly rows: number; readonly columns: number } {
  const columns = shape.at(-1);
  if (columns === undefined)
    throw new ShapeError(`${what} must have at least one axis, got ${formatShape(shape)}`);
  return { rows: columns === 0 ? 0 : data.length / columns, columns };
}

/** Throws unless `width` can be a layer's number of features. */
export function requireWidth(what: string, width: number): void {
  if (!Number.isSafeInteger(width) || width < 1) {
    throw new RangeError(`${what} must be a positive integer, got ${width}`);
  }
}

/** Throws unless `epsilon` keeps 1/√(σ² + ε) finite for every σ². */
export function requireEpsilon(what: string, epsilon: number): void {
  if (!(Number.isFinite(epsilon) && epsilon > 0)) {
    throw new RangeError(`${what} must be a positive number, got ${epsilon}`);
  }
}

/** Throws unless 1/√(σ² + ε) is finite for σ² > 0: a formula may be computed without any ε, as others' tests do. */
export function requireEpsilonOrZero(what: string, epsilon: number): void {
  if (!(Number.isFinite(epsilon) && epsilon >= 0)) {
    throw new RangeError(`${what} must be a number of at least 0, got ${epsilon}`);
  }
}

/** Throws for any other mode, where train and eval are not the same. */
export function requireMode(what: string, mode: Mode): void {
  if (mode !== "train" && mode !== "eval") {
    throw new RangeError(`${what}: mode must be "train" or "eval", got ${String(mode)}`);
  }
}

/** The cache that the last forward pass left, or an error that says what is missing. */
export function requireForward<Cache>(name: string, cache: Cache | undefined): Cache {
  if (cache === undefined) throw new Error(`${name}.backward: there is no forward pass to go back through`);
  return cache;
}
