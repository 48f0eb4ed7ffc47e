/** The fields of a tensor that printing needs. */
interface Printable {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: ArrayLike<number>;
}

/** Rows, and elements of a row, that are printed at each end of an axis before the middle is left out. */
const EDGE = 3;

const formatNumber = (value: number): string =>
  Number.isInteger(value) || !Number.isFinite(value) ? String(value) : String(Number(value.toPrecision(4)));

/** Indices that are printed of an axis of `size`; `null` stands for those left out. */
function excerpt(size: number): (number | null)[] {
  const all = [...Array(Math.min(size, 2 * EDGE + 1)).keys()];
  return size <= 2 * EDGE + 1 ? all : [0, 1, 2, null, size - 3, size - 2, size - 1];
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
