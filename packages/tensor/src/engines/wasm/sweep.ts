import type { FloatData } from "../../dtype.js";
import type { LinearMemory } from "./linear-memory.js";

/** Elements of one operand that are staged at a time: a few operands of as many fit into a core's caches. */
const BLOCK = 8192;
/** Elements of one operand that are worth handing to another thread. */
const PIECE = 8192;

const NONE: readonly never[] = [];

interface Sweep {
  /** What the kernel writes, [rows, columns] each. */
  readonly writes?: readonly FloatData[];
  /** What the kernel reads, [rows, columns] each. */
  readonly reads?: readonly FloatData[];
  /** One number for each column, which the kernel sees as float64. */
  readonly vectors?: readonly FloatData[];
  /** Vectors that the kernel adds to, row after row: they begin and end here. */
  readonly sums?: readonly Float64Array[];
  readonly rows: number;
  readonly columns: number;
  /**
   * Whether threads may share the rows or the columns: `kernel` then does nothing but call one of the module's
   * functions, whose result it doesn't use. Sums over the rows must have columns shared.
   */
  readonly shared?: "rows" | "columns";
}

/** Called with the addresses of writes, reads, vectors and sums, in that order, and the size of what is there. */
type Kernel = (addresses: readonly number[], rows: number, columns: number) => void;

/**
 * Calls `kernel` on all of its operands: where they live in the memory, in as many pieces as threads make it, and
 * otherwise one block of rows after the other, copied in and out. Returns false, and has done nothing, where memory
 * can't hold a block.
 */
export function sweep(
  memory: LinearMemory,
  { writes = NONE, reads = NONE, vectors = NONE, sums = NONE, rows, columns, shared }: Sweep,
  kernel: Kernel,
): boolean {
  const operands = writes.concat(reads);
  const perColumn = vectors.concat(sums);
  const homes: (number | undefined)[] = [];
  const sizes: number[] = [];
  const elementwise = columns === 1 && perColumn.length === 0;
  // Else a row's last vector reaches into the next row, which must be neither read later nor another thread's.
  let rowsApart = true;
  if (!elementwise) for (const data of operands) rowsApart &&= (columns * data.BYTES_PER_ELEMENT) % 16 === 0;
  let staged = false;
  for (let i = 0; i < operands.length; i++) {
    const reachesInto = !rowsApart && i < writes.length && reads.includes(operands[i]);
    const home = reachesInto ? undefined : memory.addressOf(operands[i]);
    homes.push(home);
    staged ||= home === undefined;
  }
  const blockRows = staged ? Math.max(1, Math.min(rows, Math.floor(BLOCK / columns))) : rows;
  for (let i = 0; i < operands.length; i++) {
    sizes.push(homes[i] === undefined ? blockRows * columns * operands[i].BYTES_PER_ELEMENT : 0);
  }
  for (const data of perColumn) {
    const home = data instanceof Float64Array ? memory.addressOf(data) : undefined;
    homes.push(home);
    sizes.push(home === undefined ? 8 * columns : 0);
  }
  const staging = memory.reserve(sizes);
  if (!staging) return false;

  for (let i = 0; i < perColumn.length; i++) {
    const at = operands.length + i;
    if (homes[at] === undefined) memory.writeAsFloat64(staging[at], perColumn[i]);
  }
  const at = (row: number, column: number): number[] => {
    const addresses: number[] = [];
    for (let i = 0; i < homes.length; i++) {
      const home = homes[i];
      if (i >= operands.length) addresses.push((home ?? staging[i]) + 8 * column);
      else if (home === undefined) addresses.push(staging[i]);
      else addresses.push(home + (row * columns + column) * operands[i].BYTES_PER_ELEMENT);
    }
    return addresses;
  };
  if (staged) {
    for (let row = 0; row < rows; row += blockRows) {
      const count = Math.min(blockRows, rows - row);
      const addresses = at(row, 0);
      const from = row * columns;
      const to = from + count * columns;
      for (let i = writes.length; i < operands.length; i++) {
        if (homes[i] === undefined) memory.write(addresses[i], operands[i], from, to);
      }
      kernel(addresses, count, columns);
      for (let i = 0; i < writes.length; i++) {
        if (homes[i] === undefined) memory.read(writes[i], addresses[i], from, to);
      }
    }
  } else if (shared === "columns") {
    memory.threads.inPieces(columns, PIECE / rows, (column, count) => kernel(at(0, column), rows, count));
  } else if (shared === "rows" && rowsApart) {
    memory.threads.inPieces(rows, PIECE / columns, (row, count) => kernel(at(row, 0), count, columns));
  } else {
    kernel(at(0, 0), rows, columns);
  }
  for (let i = 0; i < sums.length; i++) {
    const at = operands.length + vectors.length + i;
    if (homes[at] === undefined) memory.read(sums[i], staging[at]);
  }
  return true;
}
