import { allocate, type FloatDType } from "../dtype.js";
import type { Random } from "../random.js";
import { checkShape, type Shape, sizeOf } from "../shape.js";
import { type Tensor, type Vector, wrap } from "../tensor.js";

/**
 * Elements uniform in [low, high), by default [0, 1), drawn in row-major order.
 * Rounding to float32 may reach `high`, about once in 2²⁵ draws.
 * @throws RangeError unless low ≤ high and both are finite.
 */
export function uniform<const S extends Shape, D extends FloatDType = "float32">(
  shape: S,
  rng: Random,
  options: { readonly low?: number; readonly high?: number; readonly dtype?: D } = {},
): Tensor<Readonly<S>, NoInfer<D>> {
  const { low = 0, high = 1 } = options;
  requireRange("uniform: high - low", high - low);
  return draw("uniform", shape, options.dtype ?? ("float32" as D), () => low + (high - low) * rng.uniform());
}

/**
 * Elements from a normal distribution, by default of mean 0 and standard deviation 1, drawn in row-major order.
 * @throws RangeError unless the deviation is 0 or a positive number.
 */
export function normal<const S extends Shape, D extends FloatDType = "float32">(
  shape: S,
  rng: Random,
  options: { readonly mean?: number; readonly deviation?: number; readonly dtype?: D } = {},
): Tensor<Readonly<S>, NoInfer<D>> {
  const { mean = 0, deviation = 1 } = options;
  requireRange("normal: deviation", deviation);
  return draw("normal", shape, options.dtype ?? ("float32" as D), () => mean + deviation * rng.normal());
}

function requireRange(what: string, range: number): void {
  if (!(range >= 0 && Number.isFinite(range))) {
    throw new RangeError(`${what} must be 0 or a positive number, got ${range}`);
  }
}

function draw<const S extends Shape, D extends FloatDType>(
  name: string,
  shape: S,
  dtype: D,
  next: () => number,
): Tensor<Readonly<S>, D> {
  checkShape(name, shape);
  const data = allocate(dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = next();
  return wrap([...shape] as Shape as Readonly<S>, dtype, data);
}

/** The numbers 0 to n − 1 in random order, every order equally likely (Fisher & Yates). */
export function permutation<N extends number>(n: N, rng: Random): Vector<N, "int32"> {
  checkShape("permutation", [n]);
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = rng.integer(i + 1);
    const held = order[i];
    order[i] = order[j];
    order[j] = held;
  }
  return wrap([n], "int32", order);
}
