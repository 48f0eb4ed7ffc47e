import type { FloatData } from "../../dtype.js";
import { scalar } from "../scalar.js";
import { type Exports, precision } from "./exports.js";
import type { LinearMemory } from "./linear-memory.js";
import { sweep } from "./sweep.js";

/** Kernels over the columns of x[rows, columns], with sums and vectors in float64 as in the scalar engine. */
export function columnKernels(exports: Exports, memory: LinearMemory) {
  function addRow(x: FloatData, row: FloatData, rows: number, columns: number): void {
    const kernel = exports[`addRow${precision(x)}`];
    const done = sweep(
      memory,
      { writes: [x], reads: [x], vectors: [row], rows, columns },
      ([toX, atX, atRow], count) => kernel(toX, atX, atRow, count, columns),
    );
    if (!done) scalar.addRow(x, row, rows, columns);
  }

  function addColumnSums(out: FloatData, x: FloatData, rows: number, columns: number): void {
    const kernel = exports[`addRows${precision(x)}`];
    const [sums] = memory.vectors(1, columns);
    const done = sweep(memory, { reads: [x], sums: [sums], rows, columns }, ([atX, toSums], count, width) =>
      kernel(atX, toSums, count, width, columns),
    );
    if (!done) {
      scalar.addColumnSums(out, x, rows, columns);
      return;
    }
    for (let j = 0; j < columns; j++) out[j] += sums[j];
  }

  /** The corrected two-pass algorithm of the scalar engine. */
  function moments(
    mean: FloatData,
    variance: FloatData,
    x: FloatData,
    outer: number,
    length: number,
    inner: number,
  ): void {
    const [first, centred, squares] = memory.vectors(3, inner);
    const rows = { reads: [x], rows: length, columns: inner };
    const addRows = exports[`addRows${precision(x)}`];
    const addCentredRows = exports[`addCentredRows${precision(x)}`];
    const summed =
      outer === 1 &&
      sweep(memory, { ...rows, sums: [first] }, ([atX, toSums], count, width) =>
        addRows(atX, toSums, count, width, inner),
      );
    if (!summed) {
      scalar.moments(mean, variance, x, outer, length, inner);
      return;
    }
    for (let i = 0; i < inner; i++) first[i] /= length;
    // The memory that the first pass has had is enough for this one but for three vectors.
    const centredToo = sweep(
      memory,
      { ...rows, vectors: [first], sums: [centred, squares] },
      ([atX, atMean, toCentred, toSquares], count, width) =>
        addCentredRows(atX, atMean, toCentred, toSquares, count, width, inner),
    );
    if (!centredToo) {
      scalar.moments(mean, variance, x, outer, length, inner);
      return;
    }
    for (let i = 0; i < inner; i++) {
      const correction = centred[i] / length;
      mean[i] = first[i] + correction;
      variance[i] = Math.max(0, squares[i] / length - correction * correction);
    }
  }

  function normalize(
    y: FloatData,
    x: FloatData,
    mean: Float64Array,
    r: Float64Array,
    gamma: FloatData,
    beta: FloatData,
    rows: number,
    columns: number,
  ): void {
    const kernel = exports[`normalize${precision(x)}`];
    const done = sweep(
      memory,
      { writes: [y], reads: [x], vectors: [mean, r, gamma, beta], rows, columns },
      ([toY, atX, atMean, atR, atGamma, atBeta], count) =>
        kernel(toY, atX, atMean, atR, atGamma, atBeta, count, columns),
    );
    if (!done) scalar.normalize(y, x, mean, r, gamma, beta, rows, columns);
  }

  function normalizeSums(
    sumDy: Float64Array,
    sumDyXhat: Float64Array,
    dy: FloatData,
    x: FloatData,
    mean: Float64Array,
    r: Float64Array,
    rows: number,
    columns: number,
  ): void {
    const kernel = exports[`normalizeSums${precision(x)}`];
    sumDy.fill(0);
    sumDyXhat.fill(0);
    const done = sweep(
      memory,
      { reads: [dy, x], vectors: [mean, r], sums: [sumDy, sumDyXhat], rows, columns },
      ([atDy, atX, atMean, atR, toSumDy, toSumDyXhat], count, width) =>
        kernel(atDy, atX, atMean, atR, toSumDy, toSumDyXhat, count, width, columns),
    );
    if (!done) scalar.normalizeSums(sumDy, sumDyXhat, dy, x, mean, r, rows, columns);
  }

  function normalizeTrainBackward(
    dx: FloatData,
    dy: FloatData,
    x: FloatData,
    mean: Float64Array,
    r: Float64Array,
    gamma: FloatData,
    sumDy: Float64Array,
    sumDyXhat: Float64Array,
    rows: number,
    columns: number,
  ): void {
    const kernel = exports[`normalizeTrainBackward${precision(x)}`];
    const [scale, meanDy, meanDyXhat] = memory.vectors(3, columns);
    for (let j = 0; j < columns; j++) {
      scale[j] = gamma[j] * r[j];
      meanDy[j] = sumDy[j] / rows;
      meanDyXhat[j] = sumDyXhat[j] / rows;
    }
    const done = sweep(
      memory,
      { writes: [dx], reads: [dy, x], vectors: [mean, r, scale, meanDy, meanDyXhat], rows, columns },
      ([toDx, atDy, atX, atMean, atR, atScale, atMeanDy, atMeanDyXhat], count) =>
        kernel(toDx, atDy, atX, atMean, atR, atScale, atMeanDy, atMeanDyXhat, count, columns),
    );
    if (!done) {
      scalar.normalizeTrainBackward(dx, dy, x, mean, r, gamma, sumDy, sumDyXhat, rows, columns);
    }
  }

  return { addRow, addColumnSums, moments, normalize, normalizeSums, normalizeTrainBackward };
}
