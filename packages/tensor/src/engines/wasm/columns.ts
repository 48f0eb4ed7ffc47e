import type { FloatData } from "../../dtype.js";
import type { Kernels } from "../kernels.js";
import { scalar } from "../scalar.js";
import { binaryCodes, type Exports, precision } from "./exports.js";
import type { LinearMemory } from "./linear-memory.js";
import { sweep } from "./sweep.js";

/** sums[j] += Σᵢ x[i, j] over x[rows, j]. Returns false, and has done nothing, where memory can't hold a block. */
export function addRows(
  exports: Exports,
  memory: LinearMemory,
  sums: Float64Array,
  x: FloatData,
  rows: number,
): boolean {
  const kernel = exports[`addRows${precision(x)}`];
  const columns = sums.length;
  return sweep(
    memory,
    { reads: [x], sums: [sums], rows, columns, shared: "columns" },
    ([atX, toSums], count, width) => kernel(atX, toSums, count, width, columns),
  );
}

/** Kernels over the columns of x[rows, columns], with sums and vectors in float64 as in the scalar engine. */
export function columnKernels(exports: Exports, memory: LinearMemory) {
  const addRow: Kernels["addRow"] = (x, row, rows, columns) => {
    const kernel = exports[`addRow${precision(x)}`];
    const done = sweep(
      memory,
      { writes: [x], reads: [x], vectors: [row], rows, columns, shared: "rows" },
      ([toX, atX, atRow], count) => kernel(toX, atX, atRow, count, columns),
    );
    if (!done) scalar.addRow(x, row, rows, columns);
  };

  const addColumnSums: Kernels["addColumnSums"] = (out, x, rows, columns) => {
    const [sums] = memory.vectors(1, columns);
    if (!addRows(exports, memory, sums, x, rows)) {
      scalar.addColumnSums(out, x, rows, columns);
      return;
    }
    for (let j = 0; j < columns; j++) out[j] += sums[j];
  };

  const normalize: Kernels["normalize"] = (y, x, mean, r, gamma, beta, rows, columns) => {
    const kernel = exports[`normalize${precision(x)}`];
    const done = sweep(
      memory,
      { writes: [y], reads: [x], vectors: [mean, r, gamma, beta], rows, columns, shared: "rows" },
      ([toY, atX, atMean, atR, atGamma, atBeta], count) =>
        kernel(toY, atX, atMean, atR, atGamma, atBeta, count, columns),
    );
    if (!done) scalar.normalize(y, x, mean, r, gamma, beta, rows, columns);
  };

  const normalizeSums: Kernels["normalizeSums"] = (sumDy, sumDyXhat, dy, x, mean, r, rows, columns) => {
    const kernel = exports[`normalizeSums${precision(x)}`];
    sumDy.fill(0);
    sumDyXhat.fill(0);
    const done = sweep(
      memory,
      { reads: [dy, x], vectors: [mean, r], sums: [sumDy, sumDyXhat], rows, columns, shared: "columns" },
      ([atDy, atX, atMean, atR, toSumDy, toSumDyXhat], count, width) =>
        kernel(atDy, atX, atMean, atR, toSumDy, toSumDyXhat, count, width, columns),
    );
    if (!done) scalar.normalizeSums(sumDy, sumDyXhat, dy, x, mean, r, rows, columns);
  };

  const normalizeTrainBackward: Kernels["normalizeTrainBackward"] = (
    dx,
    dy,
    x,
    mean,
    r,
    gamma,
    sumDy,
    sumDyXhat,
    rows,
    columns,
  ) => {
    const kernel = exports[`normalizeTrainBackward${precision(x)}`];
    const [scale, meanDy, meanDyXhat] = memory.vectors(3, columns);
    for (let j = 0; j < columns; j++) {
      scale[j] = gamma[j] * r[j];
      meanDy[j] = sumDy[j] / rows;
      meanDyXhat[j] = sumDyXhat[j] / rows;
    }
    const done = sweep(
      memory,
      {
        writes: [dx],
        reads: [dy, x],
        vectors: [mean, r, scale, meanDy, meanDyXhat],
        rows,
        columns,
        shared: "rows",
      },
      ([toDx, atDy, atX, atMean, atR, atScale, atMeanDy, atMeanDyXhat], count) =>
        kernel(toDx, atDy, atX, atMean, atR, atScale, atMeanDy, atMeanDyXhat, count, columns),
    );
    if (!done) {
      scalar.normalizeTrainBackward(dx, dy, x, mean, r, gamma, sumDy, sumDyXhat, rows, columns);
    }
  };

  const normalizeEvalBackward: Kernels["normalizeEvalBackward"] = (dx, dy, r, gamma, rows, columns) => {
    const kernel = exports[`binaryRow${precision(dy)}`];
    const [scale] = memory.vectors(1, columns);
    for (let j = 0; j < columns; j++) scale[j] = gamma[j] * r[j];
    const done = sweep(
      memory,
      { writes: [dx], reads: [dy], vectors: [scale], rows, columns, shared: "rows" },
      ([toDx, atDy, atScale], count) => kernel(toDx, atDy, atScale, count, columns, binaryCodes.mul, false),
    );
    if (!done) scalar.normalizeEvalBackward(dx, dy, r, gamma, rows, columns);
  };

  return {
    addRow,
    addColumnSums,
    normalize,
    normalizeSums,
    normalizeTrainBackward,
    normalizeEvalBackward,
  };
}
