import { allocate, type DataOf, type DType } from "../dtype.js";
import { ShapeError } from "../errors.js";
import { checkShape, formatShape, requireShape, type Shape, sizeOf } from "../shape.js";
import { type Matrix, type Tensor, wrap } from "../tensor.js";
import { fresh } from "../workspace.js";

/**
 * The same elements in another shape. Shares its data with `x`: nothing is copied.
 * @throws ShapeError where the element counts differ.
 */
export function reshape<const S extends Shape, D extends DType>(
  x: Tensor<Shape, D>,
  shape: S,
): Tensor<Readonly<S>, D> {
  checkShape("reshape", shape);
  if (sizeOf(shape) !== x.data.length) {
    throw new ShapeError(
      `reshape: ${formatShape(x.shape)} has ${x.data.length} elements, ${formatShape(shape)} has ${sizeOf(shape)}`,
    );
  }
  return wrap([...shape] as Shape as Readonly<S>, x.dtype, x.data);
}

/** xᵀ: [m, n] → [n, m], as a copy. To multiply by a transposed matrix, use `matmul`'s options instead. */
export function transpose<M extends number, N extends number, D extends DType>(
  x: Matrix<M, N, D>,
): Matrix<N, M, D> {
  requireShape("transpose: x", x.shape, [null, null]);
  const [m, n] = x.shape;
  const out = fresh(x.dtype, m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) out[j * m + i] = x.data[i * n + j];
  }
  return wrap([n, m], x.dtype, out as DataOf<D>);
}

type WithRows<S extends Shape> = S extends readonly [number, ...infer Rest extends Shape]
  ? readonly [number, ...Rest]
  : Shape;

function rowLength(name: string, shape: Shape): number {
  if (shape.length === 0) throw new ShapeError(`${name}: x must have rows, got a scalar`);
  return sizeOf(shape.slice(1));
}

/**
 * Rows `start` to `end` (exclusive; to the last without one) along the first axis, as a copy.
 * @throws RangeError unless 0 ≤ start ≤ end ≤ rows.
 */
export function sliceRows<S extends Shape, D extends DType>(
  x: Tensor<S, D>,
  start: number,
  end = x.shape[0] ?? 0,
): Tensor<WithRows<S>, D> {
  const length = rowLength("sliceRows", x.shape);
  const rows = x.shape[0];
  if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end < start || end > rows) {
    throw new RangeError(
      `sliceRows: start and end must satisfy 0 <= start <= end <= ${rows}, got ${start} and ${end}`,
    );
  }
  const shape = [end - start, ...x.shape.slice(1)] as Shape as WithRows<S>;
  const out = fresh(x.dtype, (end - start) * length);
  out.set(x.data.subarray(start * length, end * length));
  return wrap(shape, x.dtype, out);
}

/**
 * The rows of `x` at `indices`, in that order, as a copy; an index may occur more than once.
 * @throws RangeError for an index that is no row.
 */
export function gatherRows<S extends Shape, D extends DType>(
  x: Tensor<S, D>,
  indices: ArrayLike<number> | Tensor<readonly [number], "int32" | "uint8">,
): Tensor<WithRows<S>, D> {
  const length = rowLength("gatherRows", x.shape);
  const list: ArrayLike<number> = "data" in indices ? indices.data : indices;
  const rows = x.shape[0];
  const out = fresh(x.dtype, list.length * length);
  for (let i = 0; i < list.length; i++) {
    const row = list[i];
    if (!Number.isInteger(row) || row < 0 || row >= rows) {
      throw new RangeError(`gatherRows: index ${i} must be a row from 0 to ${rows - 1}, got ${row}`);
    }
    out.set(x.data.subarray(row * length, (row + 1) * length), i * length);
  }
  return wrap([list.length, ...x.shape.slice(1)] as Shape as WithRows<S>, x.dtype, out);
}

/**
 * [N] labels → [N, classes] with a 1 in column `labels[i]` of row i, else 0.
 * @throws RangeError for a label that is no integer from 0 to classes − 1.
 */
export function oneHot<C extends number, D extends DType = "float32">(
  labels: ArrayLike<number> | Tensor<readonly [number], "int32" | "uint8">,
  classes: C,
  dtype?: D,
): Matrix<number, C, NoInfer<D>> {
  const list: ArrayLike<number> = "data" in labels ? labels.data : labels;
  checkShape("oneHot", [list.length, classes]);
  const out = allocate(dtype ?? ("float32" as D), list.length * classes);
  for (let i = 0; i < list.length; i++) {
    const label = list[i];
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new RangeError(`oneHot: label ${i} must be an integer from 0 to ${classes - 1}, got ${label}`);
    }
    out[i * classes + label] = 1;
  }
  return wrap([list.length, classes], dtype ?? ("float32" as D), out);
}
