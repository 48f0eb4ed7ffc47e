import { allocate, type Data, type DataOf, type DType, dtypeOf, type FloatDType } from "./dtype.js";
import { DTypeError, ShapeError } from "./errors.js";
import { inspectTensor } from "./inspect.js";
import {
  checkShape,
  type Even,
  formatShape,
  type Nested,
  type Shape,
  type ShapeOf,
  sizeOf,
} from "./shape.js";
import { fresh, lasting } from "./workspace.js";

/**
 * A dense tensor on the CPU: sizes of its axes, element type, and the elements in row-major order
 * (the last axis varies fastest). It is an ordinary object: nothing to dispose, and `data` is yours to read.
 */
export interface Tensor<out S extends Shape = Shape, out D extends DType = "float32"> {
  readonly shape: S;
  readonly dtype: D;
  readonly data: DataOf<D>;
}

/** One axis of `N` elements. */
export type Vector<N extends number = number, D extends DType = "float32"> = Tensor<readonly [N], D>;
/** `M` rows of `N` columns. */
export type Matrix<
  M extends number = number,
  N extends number = number,
  D extends DType = "float32",
> = Tensor<readonly [M, N], D>;
/** Any number of rows of `F` features: what layers take and return. */
export type Rows<F extends number = number, D extends DType = "float32"> = Tensor<readonly [number, F], D>;
/** A tensor of any shape and dtype. */
export type AnyTensor = Tensor<Shape, DType>;

const nodeInspect = Symbol.for("nodejs.util.inspect.custom");

class DenseTensor<S extends Shape, D extends DType> implements Tensor<S, D> {
  constructor(
    readonly shape: S,
    readonly dtype: D,
    readonly data: DataOf<D>,
  ) {}

  /** Node's console shows shape, dtype and an excerpt of the elements. */
  [nodeInspect](): string {
    return inspectTensor(this);
  }
}

/** A tensor over `data` without a copy and without a check: for kernels' callers that have just made both. */
export const wrap = <S extends Shape, D extends DType>(shape: S, dtype: D, data: DataOf<D>): Tensor<S, D> =>
  new DenseTensor(shape, dtype, data);

/**
 * A tensor of nested arrays: `tensor([[1, 2], [3, 4]])` is a `Tensor<readonly [2, 2]>`, `tensor(3)` a scalar.
 * @throws ShapeError where rows differ in length, TypeError where an element is no number, RangeError where an integer
 * dtype cannot hold it: `cast` truncates and wraps.
 */
export function tensor<const T extends Nested, D extends DType = "float32">(
  data: Even<T>,
  dtype?: D,
): Tensor<ShapeOf<T>, NoInfer<D>> {
  const shape: number[] = [];
  for (let level: unknown = data; Array.isArray(level); level = level[0]) shape.push(level.length);
  const out = allocate(dtype ?? ("float32" as D), sizeOf(shape));
  let next = 0;
  const copy = (level: unknown, axis: number, path: string): void => {
    if (axis === shape.length) {
      if (typeof level !== "number") {
        const got = Array.isArray(level) ? "a row" : typeof level;
        throw new TypeError(`tensor: element ${path || "[]"} must be a number, got ${got}`);
      }
      out[next] = level;
      if (out[next++] !== level) requireRoundable(`tensor: element ${path || "[]"}`, out, level);
      return;
    }
    if (!Array.isArray(level) || level.length !== shape[axis]) {
      const got = Array.isArray(level) ? String(level.length) : typeof level;
      throw new ShapeError(`tensor: row ${path} must be as long as the first, ${shape[axis]}, got ${got}`);
    }
    for (const [i, inner] of level.entries()) copy(inner, axis + 1, `${path}[${i}]`);
  };
  copy(data, 0, "");
  return wrap(shape as Shape as ShapeOf<T>, dtype ?? ("float32" as D), out);
}

/**
 * A tensor over a flat row-major array. A typed array is used as it is, not copied; its kind gives the dtype.
 * A plain array is copied into `float32`.
 * @throws ShapeError where the shape's element count is not the array's length.
 */
export function fromData<const S extends Shape>(
  data: Float32Array | readonly number[],
  shape: S,
): Tensor<Readonly<S>, "float32">;
export function fromData<const S extends Shape>(data: Float64Array, shape: S): Tensor<Readonly<S>, "float64">;
export function fromData<const S extends Shape>(data: Int32Array, shape: S): Tensor<Readonly<S>, "int32">;
export function fromData<const S extends Shape>(data: Uint8Array, shape: S): Tensor<Readonly<S>, "uint8">;
export function fromData(data: Data | readonly number[], shape: Shape): unknown {
  checkShape("fromData", shape);
  if (data.length !== sizeOf(shape)) {
    throw new ShapeError(
      `fromData: shape ${formatShape(shape)} has ${sizeOf(shape)} elements, got ${data.length}`,
    );
  }
  if (Array.isArray(data)) return wrap([...shape], "float32", Float32Array.from(data));
  const dtype = dtypeOf(data);
  if (dtype === undefined) {
    throw new DTypeError(
      "fromData: data must be a Float32Array, Float64Array, Int32Array, Uint8Array or an array of numbers",
    );
  }
  return wrap([...shape], dtype, data as Data);
}

/** For a number that changed on its way into `data`. @throws RangeError for integers: floating dtypes round. */
function requireRoundable(what: string, data: Data, value: number): void {
  const dtype = dtypeOf(data);
  if (dtype === "int32" || dtype === "uint8") {
    throw new RangeError(`${what} must be a number that ${dtype} can hold, got ${value}`);
  }
}

/** A tensor whose elements are all `value`. @throws RangeError where an integer dtype cannot hold it. */
export const full = <const S extends Shape, D extends DType = "float32">(
  shape: S,
  value: number,
  dtype?: D,
): Tensor<Readonly<S>, NoInfer<D>> => filled("full", shape, value, dtype);

/** A tensor of zeros. */
export const zeros = <const S extends Shape, D extends DType = "float32">(
  shape: S,
  dtype?: D,
): Tensor<Readonly<S>, NoInfer<D>> => filled("zeros", shape, 0, dtype);

/** A tensor of ones. */
export const ones = <const S extends Shape, D extends DType = "float32">(
  shape: S,
  dtype?: D,
): Tensor<Readonly<S>, NoInfer<D>> => filled("ones", shape, 1, dtype);

function filled<S extends Shape, D extends DType>(
  name: string,
  shape: S,
  value: number,
  dtype = "float32" as D,
): Tensor<Readonly<S>, D> {
  checkShape(name, shape);
  const data = fresh(dtype, sizeOf(shape));
  data.fill(value);
  if (data.length > 0 && data[0] !== value) requireRoundable(`${name}: value`, data, value);
  return wrap([...shape] as Shape as Readonly<S>, dtype, data);
}

/** A tensor whose elements are yet to be written: anything, or 0. */
export function empty<const S extends Shape, D extends DType = "float32">(
  shape: S,
  dtype?: D,
): Tensor<Readonly<S>, NoInfer<D>> {
  checkShape("empty", shape);
  return wrap(
    [...shape] as Shape as Readonly<S>,
    dtype ?? ("float32" as D),
    fresh(dtype ?? ("float32" as D), sizeOf(shape)),
  );
}

/** An independent copy. */
export const clone = <S extends Shape, D extends DType>(x: Tensor<S, D>): Tensor<S, D> =>
  wrap(x.shape, x.dtype, x.data.slice() as DataOf<D>);

/**
 * A copy of `x` where the engine reaches it without copying it again and again: for parameters, and what an optimiser
 * keeps. Its `data` may be a window into a larger buffer that other threads see: to send or save it, take a `slice()`.
 */
export function resident<S extends Shape, D extends FloatDType>(x: Tensor<S, D>): Tensor<S, D> {
  const data = lasting(x.dtype, x.data.length);
  data.set(x.data);
  return wrap(x.shape, x.dtype, data);
}
