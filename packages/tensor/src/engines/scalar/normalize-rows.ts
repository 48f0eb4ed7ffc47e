import type { FloatData } from "../../dtype.js";

export function normalizeRows(
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
      y[row + j] = gamma[j] * ((x[row + j] - mean[i]) * r[i]) + beta[j];
    }
  }
}

export function normalizeRowsBackward(
  dx: FloatData,
  dGamma: Float64Array,
  dBeta: Float64Array,
  dy: FloatData,
  x: FloatData,
  mean: Float64Array,
  r: Float64Array,
  gamma: FloatData,
  rows: number,
  columns: number,
): void {
  dGamma.fill(0);
  dBeta.fill(0);
  for (let i = 0; i < rows; i++) {
    const row = i * columns;
    let sumG = 0;
    let sumGXhat = 0;
    for (let j = 0; j < columns; j++) {
      const d = dy[row + j];
      const xhat = (x[row + j] - mean[i]) * r[i];
      dBeta[j] += d;
      dGamma[j] += d * xhat;
      sumG += d * gamma[j];
      sumGXhat += d * gamma[j] * xhat;
    }
    const meanG = sumG / columns;
    const meanGXhat = sumGXhat / columns;
    for (let j = 0; j < columns; j++) {
      const xhat = (x[row + j] - mean[i]) * r[i];
      dx[row + j] = r[i] * (dy[row + j] * gamma[j] - meanG - xhat * meanGXhat);
    }
  }
}
