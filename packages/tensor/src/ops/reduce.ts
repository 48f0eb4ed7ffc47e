import type { DType, FloatDType } from "../dtype.js";
import { kernels } from "../engines/select.js";
import { ShapeError } from "../errors.js";
import { formatShape, type Shape, sizeOf } from "../shape.js";
import { type Tensor, wrap } from "../tensor.js";
import { fresh } from "../workspace.js";
import { requireFloat } from "./require.js";

/** `keepDims: true` leaves the reduced axis with size 1, so that the result broadcasts against its source. */
export interface ReduceOptions<K extends boolean = boolean> {
  readonly keepDims?: K;
}

type Kept<K> = K extends true ? readonly [1] : readonly [];
type Walk<S, A, K, Done extends Shape = readonly []> = S extends readonly [
  infer H extends number,
  ...infer R extends Shape,
]
  ? Done["length"] extends A
    ? readonly [...Done, ...Kept<K>, ...R]
    : Walk<R, A, K, readonly [...Done, H]>
  : Shape;
type WalkBack<S, A, K, Done extends Shape = readonly []> = S extends readonly [
  ...infer R extends Shape,
  infer L extends number,
]
  ? A extends `-${[L, ...Done]["length"]}`
    ? readonly [...R, ...Kept<K>, ...Done]
    : WalkBack<R, A, K, readonly [L, ...Done]>
  : Shape;
/** `S` without axis `A` (or with size 1 there where `K`); −1 is the last axis. `undefined` reduces all axes. */
export type Reduced<S extends Shape, A extends number | undefined, K extends boolean> = A extends number
  ? number extends A | S["length"]
    ? Shape
    : `${A}` extends `-${number}`
      ? WalkBack<S, `${A}`, K>
      : Walk<S, A, K>
  : readonly [];

/** The axes of a tensor, by the number of them. */
interface AxesOf {
  0: never;
  1: 0 | -1;
  2: 0 | 1 | -1 | -2;
  3: 0 | 1 | 2 | -1 | -2 | -3;
  4: 0 | 1 | 2 | 3 | -1 | -2 | -3 | -4;
  [more: number]: number;
}
/** What may be said for `A`: one of the axes of `S`, or a `number` that the run checks. */
type Axis<S extends Shape, A extends number | undefined> = number extends A ? A : AxesOf[S["length"]];

interface Split {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
  readonly shape: Shape;
}

/** `x` seen as [outer, length, inner] with the reduced axis in the middle, and the shape of the result. */
function split(name: string, shape: Shape, axis: number | undefined, keepDims: boolean): Split {
  if (axis === undefined) return { outer: 1, length: sizeOf(shape), inner: 1, shape: [] };
  const a = axis < 0 ? axis + shape.length : axis;
  if (!Number.isInteger(a) || a < 0 || a >= shape.length) {
    throw new ShapeError(`${name}: axis must be an axis of ${formatShape(shape)}, got ${axis}`);
  }
  const before = shape.slice(0, a);
  const after = shape.slice(a + 1);
  return {
    outer: sizeOf(before),
    length: shape[a],
    inner: sizeOf(after),
    shape: keepDims ? [...before, 1, ...after] : [...before, ...after],
  };
}

function requireElements(name: string, shape: Shape, length: number): void {
  if (length === 0)
    throw new ShapeError(`${name}: needs at least one element to reduce, got shape ${formatShape(shape)}`);
}

/** Σ over `axis`, or over all elements. Of no elements it is 0. */
export function sum<
  S extends Shape,
  D extends FloatDType,
  A extends number | undefined = undefined,
  K extends boolean = false,
>(x: Tensor<S, D>, axis?: Axis<S, A>, options?: ReduceOptions<K>): Tensor<Reduced<S, A, K>, D> {
  requireFloat("sum", x);
  const { outer, length, inner, shape } = split("sum", x.shape, axis, options?.keepDims ?? false);
  const out = fresh(x.dtype, outer * inner);
  kernels().sum(out, x.data, outer, length, inner);
  return wrap(shape as Reduced<S, A, K>, x.dtype, out);
}

interface Moments {
  readonly mean: Tensor<Shape, FloatDType>;
  readonly variance: Tensor<Shape, FloatDType>;
}

function moments(name: string, x: Tensor<Shape, FloatDType>, axis?: number, keepDims = false): Moments {
  requireFloat(name, x);
  const { outer, length, inner, shape } = split(name, x.shape, axis, keepDims);
  requireElements(name, x.shape, length);
  const mean = fresh(x.dtype, outer * inner);
  const variance = fresh(x.dtype, outer * inner);
  kernels().moments(mean, variance, x.data, outer, length, inner);
  return { mean: wrap(shape, x.dtype, mean), variance: wrap(shape, x.dtype, variance) };
}

/** The mean over `axis`, or over all elements. @throws ShapeError where there is no element. */
export function mean<
  S extends Shape,
  D extends FloatDType,
  A extends number | undefined = undefined,
  K extends boolean = false,
>(x: Tensor<S, D>, axis?: Axis<S, A>, options?: ReduceOptions<K>): Tensor<Reduced<S, A, K>, D> {
  return moments("mean", x, axis, options?.keepDims).mean as Tensor<Reduced<S, A, K>, D>;
}

/**
 * The biased variance Σ(x − mean)²/n over `axis`, or over all elements, from centred values.
 * @throws ShapeError where there is no element.
 */
export function variance<
  S extends Shape,
  D extends FloatDType,
  A extends number | undefined = undefined,
  K extends boolean = false,
>(x: Tensor<S, D>, axis?: Axis<S, A>, options?: ReduceOptions<K>): Tensor<Reduced<S, A, K>, D> {
  return moments("variance", x, axis, options?.keepDims).variance as Tensor<Reduced<S, A, K>, D>;
}

/** The greatest element over `axis`, or of all; NaN if one of them is NaN. @throws ShapeError where there is none. */
export function max<
  S extends Shape,
  D extends DType,
  A extends number | undefined = undefined,
  K extends boolean = false,
>(x: Tensor<S, D>, axis?: Axis<S, A>, options?: ReduceOptions<K>): Tensor<Reduced<S, A, K>, D> {
  const { outer, length, inner, shape } = split("max", x.shape, axis, options?.keepDims ?? false);
  requireElements("max", x.shape, length);
  const out = fresh(x.dtype, outer * inner);
  kernels().max(out, x.data, outer, length, inner);
  return wrap(shape as Reduced<S, A, K>, x.dtype, out);
}

/** Index along `axis` (of the flat data without one) of the first greatest element. @throws ShapeError where there is none. */
export function argmax<S extends Shape, A extends number | undefined = undefined, K extends boolean = false>(
  x: Tensor<S, DType>,
  axis?: Axis<S, A>,
  options?: ReduceOptions<K>,
): Tensor<Reduced<S, A, K>, "int32"> {
  const { outer, length, inner, shape } = split("argmax", x.shape, axis, options?.keepDims ?? false);
  requireElements("argmax", x.shape, length);
  const out = new Int32Array(outer * inner);
  kernels().argmax(out, x.data, outer, length, inner);
  return wrap(shape as Reduced<S, A, K>, "int32", out);
}
