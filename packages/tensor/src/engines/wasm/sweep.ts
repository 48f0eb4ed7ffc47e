import type { FloatData } from "../../dtype.js";
import type { LinearMemory } from "./linear-memory.js";

/** Elements of one operand that are staged at a time: a few operands of as many fit into a core's caches. */
const BLOCK = 8192;
/** Elements of one operand that are worth handing to another thread. */
const PIECE = 8192;

interface Sweep {
  /** What the kernel writes, [rows, columns] each. */
  readonly writes?: readonly FloatData[];
  /** What the kernel reads, [rows, columns] each. */
  readonly reads: readonly FloatData[];
  /** One number for each column, which the kernel sees as float64. */
  readonly vectors?: readonly FloatData[];
  /** Vectors that the kernel adds to, row after row: they begin and end here. */
  readonly sums?: readonly Float64Array[];
  readonly rows: number;
  readonly columns: number;
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
  { writes = [], reads, vectors = [], sums = [], rows, columns }: Sweep,
  kernel: Kernel,
): boolean {
  const operands = [...writes, ...reads];
  const size = operands[0].BYTES_PER_ELEMENT;
  const rowBytes = columns * size;
  const elementwise = columns === 1 && vectors.length + sums.length === 0;
  // Else a row's last vector reaches into the next row, which must be neither read later nor another thread's.
  const rowsApart = elementwise || rowBytes % 16 === 0;
  const homes = operands.map((data, i) =>
    rowsApart || i >= writes.length || !reads.includes(data) ? memory.addressOf(data) : undefined,
  );
  const perColumn = [...vectors, ...sums];
  const columnHomes = perColumn.map((data) =>
    data instanceof Float64Array ? memory.addressOf(data) : undefined,
  );
  const blockRows = homes.includes(undefined) ? Math.max(1, Math.min(rows, Math.floor(BLOCK / columns))) : 0;
  const staging = memory.reserve([
    ...homes.map((home) => (home === undefined ? blockRows * rowBytes : 0)),
    ...columnHomes.map((home) => (home === undefined ? 8 * columns : 0)),
  ]);
  if (!staging) return false;
  const columnAddresses = columnHomes.map((home, i) => home ?? staging[operands.length + i]);
  for (const [i, vector] of perColumn.entries()) {
    if (columnHomes[i] === undefined) memory.writeAsFloat64(columnAddresses[i], vector);
  }

  const at = (row: number, column = 0): number[] => [
    ...homes.map((home, i) => (home === undefined ? staging[i] : home + row * rowBytes + column * size)),
    ...columnAddresses.map((address) => address + 8 * column),
  ];
  const { threads } = memory;
  if (blockRows > 0) {
    for (let row = 0; row < rows; row += blockRows) {
      const count = Math.min(blockRows, rows - row);
      const addresses = at(row);
      const from = row * columns;
      const to = from + count * columns;
      for (const [i, data] of reads.entries()) {
        const operand = writes.length + i;
        if (homes[operand] === undefined) memory.write(addresses[operand], data, from, to);
      }
      kernel(addresses, count, columns);
      for (const [i, data] of writes.entries()) {
        if (homes[i] === undefined) memory.read(data, addresses[i], from, to);
      }
    }
  } else if (sums.length > 0) {
    // A sum runs in the order of rows, so threads share columns.
    threads.inPieces(columns, PIECE / rows, (column, count) => kernel(at(0, column), rows, count));
  } else {
    threads.inPieces(rows, rowsApart ? PIECE / columns : rows, (row, count) =>
      kernel(at(row), count, columns),
    );
  }
  for (const [i, sum] of sums.entries()) {
    const column = vectors.length + i;
    if (columnHomes[column] === undefined) memory.read(sum, columnAddresses[column]);
  }
  return true;
}
