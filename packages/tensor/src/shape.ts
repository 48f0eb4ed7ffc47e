import { ShapeError } from "./errors.js";

/** Sizes of the axes, outermost first; `[]` is a scalar. An axis whose size is known only at run time is `number`. */
export type Shape = readonly number[];

type Vec = readonly number[];
/** Nested arrays of up to four axes, all rows of an axis equally long. */
export type Nested =
  | number
  | Vec
  | readonly Vec[]
  | readonly (readonly Vec[])[]
  | readonly (readonly (readonly Vec[])[])[];

/** Shape of a nested array: `[[1, 2, 3], [4, 5, 6]]` has `readonly [2, 3]`. */
export type ShapeOf<T> = [T] extends [readonly (infer E)[]]
  ? [E] extends [never]
    ? readonly [0]
    : readonly [T["length"], ...ShapeOf<E>]
  : readonly [];

type IsUnion<U, A = U> = U extends unknown ? ([A] extends [U] ? never : true) : never;
type Ragged<S> = S extends readonly [infer A, ...infer R] ? (true extends IsUnion<A> ? A : Ragged<R>) : never;
export interface RaggedRows<Lengths> {
  readonly rowsHaveDifferentLengths: Lengths;
}
/** `T` where its rows are equally long, else a type that no array fits and whose name says why. */
export type Even<T> = [Ragged<ShapeOf<T>>] extends [never] ? T : RaggedRows<Ragged<ShapeOf<T>>>;

/**
 * `Then` where sizes `A` and `B` may be equal, else `Message`.
 * `number` is a size known at run time and passes: the operation checks it when it runs.
 * Both directions are tested, so that a generic size fits itself.
 */
export type Fit<Then, A, B, Message> = number extends A | B
  ? Then
  : [A] extends [B]
    ? Then
    : [B] extends [A]
      ? Then
      : Message;

export const sizeOf = (shape: Shape): number => shape.reduce((size, axis) => size * axis, 1);

/** `[2, 3]`, for messages. */
export const formatShape = (shape: Shape): string => `[${shape.join(", ")}]`;

/** Whether both have the same axes of the same sizes. */
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

/** Throws unless every axis is a non-negative integer and so is the number of elements. */
export function checkShape(where: string, shape: Shape): void {
  if (!Array.isArray(shape)) throw new ShapeError(`${where}: shape must be an array, got ${String(shape)}`);
  const bad = shape.findIndex((size) => !Number.isSafeInteger(size) || size < 0);
  if (bad >= 0) {
    throw new ShapeError(
      `${where}: axis ${bad} of shape ${formatShape(shape)} must be a non-negative integer`,
    );
  }
  if (!Number.isSafeInteger(sizeOf(shape))) {
    throw new ShapeError(`${where}: shape ${formatShape(shape)} has too many elements`);
  }
}

/** At least so many rows, for {@link requireShape}; prints as `N>=2`. */
export interface AtLeast {
  readonly atLeast: number;
}
export type AxisPattern = number | null | AtLeast;

function describeAxis(axis: AxisPattern): string {
  if (axis === null) return "N";
  return typeof axis === "number" ? String(axis) : `N>=${axis.atLeast}`;
}

function mismatch(pattern: AxisPattern, size: number): string | undefined {
  if (pattern === null) return undefined;
  if (typeof pattern === "number") return size === pattern ? undefined : `is ${size}, not ${pattern}`;
  return size >= pattern.atLeast ? undefined : `is ${size}, less than ${pattern.atLeast}`;
}

/**
 * Throws a {@link ShapeError} such as
 * `BatchNorm.forward: x must be [N>=2, 128], got [32, 784] (axis 1 is 784, not 128)`
 * unless `shape` has the pattern's number of axes and every axis fits (`null` fits any size).
 */
export function requireShape(what: string, shape: Shape, pattern: readonly AxisPattern[]): void {
  if (
    shape.length === pattern.length &&
    pattern.every((wanted, axis) => mismatch(wanted, shape[axis]) === undefined)
  ) {
    return;
  }
  const expected = `${what} must be [${pattern.map(describeAxis).join(", ")}], got ${formatShape(shape)}`;
  if (shape.length !== pattern.length) {
    const axes = (count: number) => (count === 1 ? "1 axis" : `${count} axes`);
    throw new ShapeError(`${expected} (${axes(shape.length)}, not ${pattern.length})`);
  }
  for (const [axis, wanted] of pattern.entries()) {
    const wrong = mismatch(wanted, shape[axis]);
    if (wrong !== undefined) throw new ShapeError(`${expected} (axis ${axis} ${wrong})`);
  }
}
