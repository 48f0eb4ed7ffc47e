import { allocate, type DataOf, type DType, type FloatDType, isFloat } from "../dtype.js";
import type { BinaryOperation, UnaryOperation } from "../engines/kernels.js";
import { kernels } from "../engines/select.js";
import { ShapeError } from "../errors.js";
import { formatShape, type Shape, sizeOf } from "../shape.js";
import { type Matrix, type Tensor, type Vector, wrap } from "../tensor.js";
import { fresh } from "../workspace.js";
import { requireFloat, requireSameDType } from "./require.js";

type BroadcastAxis<A, B> = A extends 1
  ? B
  : B extends 1
    ? A
    : number extends A
      ? B
      : number extends B
        ? A
        : [A] extends [B]
          ? A
          : never;

/**
 * Shape of `a ∘ b`: axes are matched from the last one, and an axis of size 1 (or a missing one) repeats.
 * An axis that cannot match becomes `never`.
 */
export type Broadcast<A extends Shape, B extends Shape> = number extends A["length"] | B["length"]
  ? Shape
  : A extends readonly [...infer AHead extends Shape, infer ALast]
    ? B extends readonly [...infer BHead extends Shape, infer BLast]
      ? readonly [...Broadcast<AHead, BHead>, BroadcastAxis<ALast, BLast> & number]
      : A
    : B;

type Text<S extends Shape> = S extends readonly [infer H extends number, ...infer R extends Shape]
  ? R extends readonly []
    ? `${H}`
    : `${H}, ${Text<R>}`
  : "";

type HasNever<S extends Shape> = S extends readonly [infer H, ...infer R extends Shape]
  ? [H] extends [never]
    ? true
    : HasNever<R>
  : false;

/** `unknown` where the shapes broadcast, else a message that the argument's type shows. */
export type Broadcastable<A extends Shape, B extends Shape> =
  HasNever<Broadcast<A, B>> extends true ? `shapes [${Text<A>}] and [${Text<B>}] do not broadcast` : unknown;

function broadcastShapes(name: string, a: Shape, b: Shape): number[] {
  const axes = Math.max(a.length, b.length);
  return Array.from({ length: axes }, (_, axis) => {
    const m = a[axis - axes + a.length] ?? 1;
    const n = b[axis - axes + b.length] ?? 1;
    if (m !== n && m !== 1 && n !== 1) {
      throw new ShapeError(
        `${name}: shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast (axis ${axis}: ${m} and ${n})`,
      );
    }
    return m === 1 ? n : m;
  });
}

/** Steps through `shape`'s storage while walking over `over`; 0 where an axis repeats. */
function strides(shape: Shape, over: Shape): number[] {
  const skipped = over.length - shape.length;
  return over.map((_, axis) => {
    const own = axis - skipped;
    return own < 0 || shape[own] === 1 ? 0 : sizeOf(shape.slice(own + 1));
  });
}

function combine(
  name: BinaryOperation,
  a: Tensor<Shape, DType>,
  b: Tensor<Shape, DType> | number,
): Tensor<Shape, DType> {
  const right = typeof b === "number" ? scalarLike(name, a.dtype, b) : b;
  requireSameDType(name, a, right);
  const shape = broadcastShapes(name, a.shape, right.shape);
  const out = fresh(a.dtype, sizeOf(shape));
  kernels().binary(
    name,
    out,
    a.data,
    right.data,
    shape,
    strides(a.shape, shape),
    strides(right.shape, shape),
  );
  return wrap(shape, a.dtype, out);
}

/** @throws RangeError for a number that the dtype cannot hold: fractions and wrapping in integers, overflow in float32. */
function scalarLike(name: string, dtype: DType, value: number): Tensor<readonly [], DType> {
  const data = allocate(dtype, 1);
  data[0] = value;
  const lost = isFloat(dtype)
    ? Number.isFinite(value) && (!Number.isFinite(data[0]) || (data[0] === 0 && value !== 0))
    : data[0] !== value;
  if (lost) throw new RangeError(`${name}: ${value} is no ${dtype}`);
  return wrap([], dtype, data);
}

// Of four signatures none of which fits, a compiler shows the last alone, which says why; of three it shows all.
interface Arithmetic<D extends DType> {
  <A extends Shape, T extends D>(a: Tensor<A, T>, b: number | Tensor<NoInfer<A>, NoInfer<T>>): Tensor<A, T>;
  // A row on every row and a column on every column, said apart so that they compile for type parameters as sizes.
  <M extends number, F extends number, T extends D>(
    a: Matrix<M, F, T>,
    b: Vector<NoInfer<F>, NoInfer<T>>,
  ): Matrix<M, F, T>;
  <M extends number, F extends number, T extends D>(
    a: Matrix<M, F, T>,
    b: Matrix<NoInfer<M>, 1, NoInfer<T>>,
  ): Matrix<M, F, T>;
  <A extends Shape, B extends Shape, T extends D>(
    a: Tensor<A, T>,
    b: Tensor<B, NoInfer<T>> & Broadcastable<A, B>,
  ): Tensor<Broadcast<A, B>, T>;
}

const arithmetic = <D extends DType>(name: BinaryOperation): Arithmetic<D> =>
  ((a: Tensor<Shape, DType>, b: Tensor<Shape, DType> | number) => combine(name, a, b)) as Arithmetic<D>;

/**
 * a + b, elementwise. Axes are matched from the last one; an axis of size 1, a missing one, or a number repeats.
 * Integers wrap around as their typed arrays do.
 * @throws ShapeError where the shapes do not broadcast, DTypeError where the dtypes differ, RangeError for a number that
 * the dtype cannot hold.
 */
export const add: Arithmetic<DType> = /* @__PURE__ */ arithmetic("add");
/** a − b, elementwise; see {@link add}. */
export const sub: Arithmetic<DType> = /* @__PURE__ */ arithmetic("sub");
/** a · b, elementwise; see {@link add}. */
export const mul: Arithmetic<DType> = /* @__PURE__ */ arithmetic("mul");
/** The greater of a and b, elementwise, NaN where either is; see {@link add}. */
export const maximum: Arithmetic<DType> = /* @__PURE__ */ arithmetic("maximum");

const divide = /* @__PURE__ */ arithmetic<FloatDType>("div");
/** a / b, elementwise, floating dtypes only; see {@link add}. */
export const div: Arithmetic<FloatDType> = ((
  a: Tensor<Shape, FloatDType>,
  b: Tensor<Shape, FloatDType> | number,
) => {
  requireFloat("div", a);
  return typeof b === "number" ? divide(a, b) : divide(a, b);
}) as Arithmetic<FloatDType>;

function map<S extends Shape, D extends FloatDType>(name: UnaryOperation, x: Tensor<S, D>): Tensor<S, D> {
  requireFloat(name, x);
  const out = fresh(x.dtype, x.data.length);
  kernels().unary(name, out, x.data);
  return wrap(x.shape, x.dtype, out);
}

/** eˣ, elementwise. */
export const exp = <S extends Shape, D extends FloatDType>(x: Tensor<S, D>): Tensor<S, D> => map("exp", x);
/** Natural logarithm, elementwise: −Infinity at 0, NaN below. */
export const log = <S extends Shape, D extends FloatDType>(x: Tensor<S, D>): Tensor<S, D> => map("log", x);
/** Square root, elementwise: NaN below 0. */
export const sqrt = <S extends Shape, D extends FloatDType>(x: Tensor<S, D>): Tensor<S, D> => map("sqrt", x);

/** `x` in another dtype: to integers it truncates and wraps as a typed array's assignment does. */
export function cast<S extends Shape, D extends DType>(x: Tensor<S, DType>, dtype: D): Tensor<S, D> {
  const out = fresh(dtype, x.data.length);
  out.set(x.data);
  return wrap(x.shape, dtype, out as DataOf<D>);
}
