/** The fields of a tensor that printing needs. */
interface Printable {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: ArrayLike<number>;
}

/** Rows, and elements of a row, that are printed at each end of an axis before the middle is left out. */
const EDGE = 3;

/** Four significant digits, and every digit before the point. */
function formatNumber(value: number): string {
  if (Number.isInteger(value) || !Number.isFinite(value)) return String(value);
  return String(Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(4)));
}

/** Indices that are printed of an axis of `size`; `null` stands for those left out. */
function excerpt(size: number): (number | null)[] {
  const all = [...Array(Math.min(size, 2 * EDGE + 1)).keys()];
  return size <= 2 * EDGE + 1
    ? all
    : [...all.slice(0, EDGE), null, ...all.slice(0, EDGE).map((i) => size - EDGE + i)];
}

/**
 * What Node's console prints:
 * ```
 * Tensor float32 [2, 3]
 * [[1, 2, 3],
 *  [4, 5, 6]]
 * ```
 */
export function inspectTensor(x: Printable): string {
  const cells: string[] = [];
  const strides = x.shape.map((_, axis) => x.shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const visit = (axis: number, offset: number, emit: (value: string) => void): void => {
    if (axis === x.shape.length) {
      emit(formatNumber(x.data[offset]));
      return;
    }
    for (const i of excerpt(x.shape[axis])) if (i !== null) visit(axis + 1, offset + i * strides[axis], emit);
  };
  visit(0, 0, (cell) => cells.push(cell));
  const width = x.shape.length > 1 ? Math.max(0, ...cells.map((cell) => cell.length)) : 0;

  let next = 0;
  const print = (axis: number): string => {
    if (axis === x.shape.length) return cells[next++].padStart(width);
    const parts = excerpt(x.shape[axis]).map((i) => (i === null ? "…" : print(axis + 1)));
    const isRow = axis === x.shape.length - 1;
    return `[${parts.join(isRow ? ", " : `,\n${" ".repeat(axis + 1)}`)}]`;
  };
  return `Tensor ${x.dtype} [${x.shape.join(", ")}]\n${print(0)}`;
}
