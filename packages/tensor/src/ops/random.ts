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
  if (!(low <= high && Number.isFinite(high - low))) {
    throw new RangeError(`uniform: low and high must be finite and low at most high, got ${low} and ${high}`);
  }
  return draw("uniform", shape, options.dtype ?? ("float32" as D), () => low + (high - low) * rng.uniform());
}

/**
 * Elements from a normal distribution, by default of mean 0 and standard deviation 1, drawn in row-major order.
 * @throws RangeError for a negative deviation, and where one of them is not finite.
 */
export function normal<const S extends Shape, D extends FloatDType = "float32">(
  shape: S,
  rng: Random,
  options: { readonly mean?: number; readonly deviation?: number; readonly dtype?: D } = {},
): Tensor<Readonly<S>, NoInfer<D>> {
  const { mean = 0, deviation = 1 } = options;
  if (!Number.isFinite(mean)) throw new RangeError(`normal: mean must be a finite number, got ${mean}`);
  if (!(deviation >= 0 && deviation < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`normal: deviation must be a number of at least 0, got ${deviation}`);
  }
  return draw("normal", shape, options.dtype ?? ("float32" as D), () => mean + deviation * rng.normal());
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
