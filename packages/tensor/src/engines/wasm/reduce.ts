import type { Data, FloatData } from "../../dtype.js";
import type { Kernels } from "../kernels.js";
import { scalar } from "../scalar.js";
import { addRows } from "./columns.js";
import { type Exports, isFloatData, precision } from "./exports.js";
import type { LinearMemory } from "./linear-memory.js";
import { sweep } from "./sweep.js";

/** Elements of the rows that are reduced at a time. */
const BLOCK = 8192;

/** Reductions over the first axis of x[length, inner], and sums over the last one of x[outer, length]. */
export function reduceKernels(exports: Exports, memory: LinearMemory) {
  const sum: Kernels["sum"] = (out, x, outer, length, inner) => {
    const sums = new Float64Array(outer * inner);
    const done =
      outer === 1 && inner > 1
        ? addRows(exports, memory, sums, x, length)
        : inner === 1 && sumRows(sums, x, length);
    if (done) out.set(sums);
    else scalar.sum(out, x, outer, length, inner);
  };

  function sumRows(sums: Float64Array, x: FloatData, columns: number): boolean {
    const kernel = exports[`sumRows${precision(x)}`];
    return sweepRows(x, columns, [sums], ([atX, toSums], count) => kernel(atX, toSums, count, columns));
  }

  /** Calls `kernel` for blocks of rows with a number of each row's own in `results`. */
  function sweepRows(
    x: FloatData,
    columns: number,
    results: readonly Float64Array[],
    kernel: (addresses: readonly number[], rows: number) => void,
  ): boolean {
    const rows = results[0].length;
    const blockRows = Math.max(1, Math.floor(BLOCK / columns));
    for (let row = 0; row < rows; row += blockRows) {
      const count = Math.min(blockRows, rows - row);
      // One row to `sweep`: the numbers of the rows are no more than its columns.
      const done = sweep(
        memory,
        {
          reads: [x.subarray(row * columns, (row + count) * columns)],
          sums: results.map((result) => result.subarray(row, row + count)),
          rows: 1,
          columns: count * columns,
        },
        (addresses) => kernel(addresses, count),
      );
      if (!done) return false;
    }
    return columns > 0;
  }

  const moments: Kernels["moments"] = (mean, variance, x, outer, length, inner) => {
    // Never vectors of the memory: those are the kernels' below.
    const [means, variances] = [mean, variance].map((data) =>
      data instanceof Float64Array ? data : new Float64Array(outer * inner),
    );
    const done =
      outer === 1 && inner > 1
        ? momentsOfColumns(means, variances, x, length)
        : inner === 1 && momentsOfRows(means, variances, x, length);
    if (done) {
      if (mean !== means) mean.set(means);
      if (variance !== variances) variance.set(variances);
    } else {
      scalar.moments(mean, variance, x, outer, length, inner);
    }
  };

  /** The corrected two-pass algorithm of the scalar engine. */
  function momentsOfColumns(
    means: Float64Array,
    variances: Float64Array,
    x: FloatData,
    rows: number,
  ): boolean {
    const kernel = exports[`addCentredRows${precision(x)}`];
    const columns = means.length;
    const [first, centred, squares] = memory.vectors(3, columns);
    if (!addRows(exports, memory, first, x, rows)) return false;
    for (let j = 0; j < columns; j++) first[j] /= rows;
    const done = sweep(
      memory,
      { reads: [x], vectors: [first], sums: [centred, squares], rows, columns, shared: "columns" },
      ([atX, atFirst, toCentred, toSquares], count, width) =>
        kernel(atX, atFirst, toCentred, toSquares, count, width, columns),
    );
    for (let j = 0; j < columns; j++) {
      const correction = centred[j] / rows;
      means[j] = first[j] + correction;
      variances[j] = Math.max(0, squares[j] / rows - correction * correction);
    }
    return done;
  }

  function momentsOfRows(
    means: Float64Array,
    variances: Float64Array,
    x: FloatData,
    columns: number,
  ): boolean {
    const kernel = exports[`momentsOfRows${precision(x)}`];
    return sweepRows(x, columns, [means, variances], ([atX, toMeans, toVariances], count) =>
      kernel(atX, toMeans, toVariances, count, columns),
    );
  }

  const max: Kernels["max"] = (out, x, outer, length, inner) => {
    const greatest = overFirstAxis(x, outer, length, inner) ? greatestOfColumns(x, length, inner) : undefined;
    if (greatest) out.set(greatest);
    else scalar.max(out, x, outer, length, inner);
  };

  function greatestOfColumns(x: FloatData, rows: number, columns: number): Float64Array | undefined {
    const kernel = exports[`greatestRows${precision(x)}`];
    const greatest = new Float64Array(x.subarray(0, columns));
    const done = sweep(memory, { reads: [x], sums: [greatest], rows, columns }, ([atX, toGreatest], count) =>
      kernel(atX, toGreatest, count, columns),
    );
    return done ? greatest : undefined;
  }

  const argmax: Kernels["argmax"] = (out, x, outer, length, inner) => {
    const positions = overFirstAxis(x, outer, length, inner)
      ? positionsOfColumns(x, length, inner)
      : undefined;
    if (positions) out.set(positions);
    else scalar.argmax(out, x, outer, length, inner);
  };

  function positionsOfColumns(x: FloatData, rows: number, columns: number): Float64Array | undefined {
    const kernel = exports[`greatestPositions${precision(x)}`];
    const greatest = new Float64Array(x.subarray(0, columns));
    const positions = new Float64Array(columns);
    let row = 0;
    const done = sweep(
      memory,
      { reads: [x], sums: [greatest, positions], rows, columns },
      ([atX, toGreatest, toPositions], count) => {
        kernel(atX, toGreatest, toPositions, count, columns, row);
        row += count;
      },
    );
    return done ? positions : undefined;
  }

  return { sum, moments, max, argmax };
}

const overFirstAxis = (x: Data, outer: number, length: number, inner: number): x is FloatData =>
  isFloatData(x) && outer === 1 && length > 0 && inner > 1;
