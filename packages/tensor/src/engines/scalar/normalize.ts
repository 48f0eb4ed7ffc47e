import type { FloatData } from "../../dtype.js";

// x − mean and everything after it is float64: at offset 1e4 and σ 1e-2 a float32 mean alone would cost four digits.

export function normalize(
  y: FloatData,
  x: FloatData,
  mean: Float64Array,
  r: Float64Array,
  gamma: FloatData,
  beta: FloatData,
  rows: number,
  columns: number,
): void {
  for (let i = 0; i < rows; i++) {
    const row = i * columns;
    for (let j = 0; j < columns; j++) {
      y[row + j] = gamma[j] * ((x[row + j] - mean[j]) * r[j]) + beta[j];
    }
  }
}

export function normalizeSums(
  sumDy: Float64Array,
  sumDyXhat: Float64Array,
  dy: FloatData,
  x: FloatData,
  mean: Float64Array,
  r: Float64Array,
  rows: number,
  columns: number,
): void {
  sumDy.fill(0);
  sumDyXhat.fill(0);
  for (let i = 0; i < rows; i++) {
    const row = i * columns;
    for (let j = 0; j < columns; j++) {
      const d = dy[row + j];
      sumDy[j] += d;
      sumDyXhat[j] += d * ((x[row + j] - mean[j]) * r[j]);
    }
  }
}

export function normalizeTrainBackward(
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
  for (let i = 0; i < rows; i++) {
    const row = i * columns;
    for (let j = 0; j < columns; j++) {
      const xhat = (x[row + j] - mean[j]) * r[j];
      dx[row + j] = gamma[j] * r[j] * (dy[row + j] - sumDy[j] / rows - xhat * (sumDyXhat[j] / rows));
    }
  }
}

export function normalizeEvalBackward(
  dx: FloatData,
  dy: FloatData,
  r: Float64Array,
  gamma: FloatData,
  rows: number,
  columns: number,
): void {
  for (let i = 0; i < rows; i++) {
    const row = i * columns;
    for (let j = 0; j < columns; j++) dx[row + j] = gamma[j] * r[j] * dy[row + j];
  }
}
