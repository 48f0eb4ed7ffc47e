import type { FloatData } from "../../dtype.js";
import type { LinearMemory } from "./linear-memory.js";

/** Elements of one operand that are in linear memory at a time: a few operands of as many fit into a core's caches. */
const BLOCK = 8192;

interface Sweep {
  /** What the kernel writes, [rows, columns] each. */
  readonly writes?: readonly FloatData[];
  /** What the kernel reads, [rows, columns] each. */
  readonly reads: readonly FloatData[];
  /** One number for each column, which the kernel sees as float64. */
  readonly vectors?: readonly FloatData[];
  /** Vectors that the kernel adds to: they begin and end here. */
  readonly sums?: readonly Float64Array[];
  readonly rows: number;
  readonly columns: number;
}

/**
 * Calls `kernel` for one block of rows after the other, with the addresses of writes, reads, vectors and sums, in that
 * order. Returns false, and has done nothing, where memory can't hold a block.
 */
export function sweep(
  memory: LinearMemory,
  { writes = [], reads, vectors = [], sums = [], rows, columns }: Sweep,
  kernel: (addresses: readonly number[], rows: number) => void,
): boolean {
  const blockRows = Math.max(1, Math.min(rows, Math.floor(BLOCK / columns)));
  const blockBytes = blockRows * columns * reads[0].BYTES_PER_ELEMENT;
  const operands = writes.length + reads.length;
  const perColumn = [...vectors, ...sums];
  const addresses = memory.reserve([
    ...Array<number>(operands).fill(blockBytes),
    ...perColumn.map(() => 8 * columns),
  ]);
  if (!addresses) return false;
  for (const [i, vector] of perColumn.entries()) memory.writeAsFloat64(addresses[operands + i], vector);
  for (let row = 0; row < rows; row += blockRows) {
    const count = Math.min(blockRows, rows - row);
    const from = row * columns;
    const to = from + count * columns;
    for (const [i, data] of reads.entries()) memory.write(addresses[writes.length + i], data, from, to);
    kernel(addresses, count);
    for (const [i, data] of writes.entries()) memory.read(data, addresses[i], from, to);
  }
  for (const [i, sum] of sums.entries()) memory.read(sum, addresses[operands + vectors.length + i]);
  return true;
}
