import type { Kernels } from "../kernels.js";
import { scalar } from "../scalar.js";
import { type Exports, precision } from "./exports.js";
import type { LinearMemory } from "./linear-memory.js";

/** Products of numbers that are worth handing to another thread. */
const PIECE = 100_000;
/** Columns that a panel of the sparse kernel has in float32. */
const PANEL = 32;
/** Rows that share what packing op(b) costs. */
const ROWS = 16;

export function matmulKernel(exports: Exports, memory: LinearMemory): Kernels["matmul"] {
  const { threads } = memory;
  return (out, a, b, m, k, n, transposeA, transposeB, accumulate) => {
    const kind = precision(out);
    const size = out.BYTES_PER_ELEMENT;
    const most = Math.min(threads.limit, Math.floor((m * k * n) / PIECE));
    // A piece packs its part of op(b) and goes through its part of op(a) for itself: the larger of the two is split.
    const byColumns = n > m;
    const step = byColumns ? pieceSize(n, most, PANEL) : pieceSize(m, most, ROWS);
    const pieces = Math.ceil((byColumns ? n : m) / step);
    // WebAssembly's sizes are unsigned, and arrive here as signed ones.
    const workspace = exports[`matmulWorkspace${kind}`](k, byColumns ? step : n) >>> 0;

    const [homeOut, homeA, homeB] = [memory.addressOf(out), memory.addressOf(a), memory.addressOf(b)];
    const sizes = [
      homeOut === undefined ? out.byteLength : 0,
      homeA === undefined ? a.byteLength : 0,
      homeB === undefined ? b.byteLength : 0,
    ];
    for (let piece = 0; piece < pieces; piece++) sizes.push(workspace);
    const staging = memory.reserve(sizes);
    if (!staging) {
      scalar.matmul(out, a, b, m, k, n, transposeA, transposeB, accumulate);
      return;
    }
    const [atOut, atA, atB] = [homeOut ?? staging[0], homeA ?? staging[1], homeB ?? staging[2]];
    if (homeOut === undefined && accumulate) memory.write(atOut, out);
    if (homeA === undefined) memory.write(atA, a);
    if (homeB === undefined) memory.write(atB, b);

    const [aRow, aK] = transposeA ? [size, m * size] : [k * size, size];
    const [bK, bColumn] = transposeB ? [size, k * size] : [n * size, size];
    const skip = exports[`paysToSkip${kind}`](atA, m, k, n);
    const multiply = exports[`matmul${kind}`];
    threads.together(() => {
      for (let piece = 0; piece < pieces; piece++) {
        const from = piece * step;
        const [row, rows] = byColumns ? [0, m] : [from, Math.min(step, m - from)];
        const [column, columns] = byColumns ? [from, Math.min(step, n - from)] : [0, n];
        multiply(
          atOut + (row * n + column) * size,
          atA + row * aRow,
          atB + column * bColumn,
          staging[3 + piece],
          rows,
          k,
          n,
          columns,
          aRow,
          aK,
          bK,
          bColumn,
          accumulate,
          skip,
        );
      }
    });
    if (homeOut === undefined) memory.read(out, atOut);
  };
}

/** Length of as many equal pieces as `most`, in whole multiples of `least`. */
const pieceSize = (length: number, most: number, least: number): number =>
  most < 2 ? Math.max(1, length) : Math.ceil(length / most / least) * least;
