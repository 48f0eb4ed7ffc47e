import type { FloatData } from "../../dtype.js";
import { exp, log } from "../../portable-math.js";

/** The greatest of x[from], …, x[from + length − 1]; NaN if one of them is NaN. */
export function greatest(x: FloatData, from: number, length: number): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < length; j++) max = Math.max(max, x[from + j]);
  return max;
}

export function softmax(y: FloatData, x: FloatData, rows: number, columns: number): void {
  const exponentials = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    const row = i * columns;
    const max = greatest(x, row, columns);
    let sum = 0;
    for (let j = 0; j < columns; j++) {
      exponentials[j] = exp(x[row + j] - max);
      sum += exponentials[j];
    }
    for (let j = 0; j < columns; j++) y[row + j] = exponentials[j] / sum;
  }
}

export function softmaxBackward(
  dx: FloatData,
  dy: FloatData,
  y: FloatData,
  rows: number,
  columns: number,
): void {
  for (let i = 0; i < rows; i++) {
    const row = i * columns;
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += dy[row + j] * y[row + j];
    for (let j = 0; j < columns; j++) dx[row + j] = y[row + j] * (dy[row + j] - sum);
  }
}

export function logSoftmax(y: FloatData, x: FloatData, rows: number, columns: number): void {
  for (let i = 0; i < rows; i++) {
    const row = i * columns;
    const max = greatest(x, row, columns);
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += exp(x[row + j] - max);
    const logSum = log(sum);
    for (let j = 0; j < columns; j++) y[row + j] = x[row + j] - max - logSum;
  }
}

export function logSoftmaxBackward(
  dx: FloatData,
  dy: FloatData,
  y: FloatData,
  rows: number,
  columns: number,
): void {
  for (let i = 0; i < rows; i++) {
    const row = i * columns;
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += dy[row + j];
    for (let j = 0; j < columns; j++) dx[row + j] = dy[row + j] - exp(y[row + j]) * sum;
  }
}
