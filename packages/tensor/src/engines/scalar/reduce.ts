import type { Data, FloatData } from "../../dtype.js";

export function sum(out: FloatData, x: FloatData, outer: number, length: number, inner: number): void {
  const sums = new Float64Array(inner);
  for (let o = 0; o < outer; o++) {
    sums.fill(0);
    addRows(sums, x, o * length * inner, length, inner);
    out.set(sums, o * inner);
  }
}

/** sums[i] += Σₗ x[from + l·inner + i]. */
function addRows(sums: Float64Array, x: FloatData, from: number, length: number, inner: number): void {
  let next = from;
  for (let l = 0; l < length; l++) {
    for (let i = 0; i < inner; i++) sums[i] += x[next++];
  }
}

export function addColumnSums(out: FloatData, x: FloatData, rows: number, columns: number): void {
  const sums = new Float64Array(columns);
  addRows(sums, x, 0, rows, columns);
  for (let j = 0; j < columns; j++) out[j] += sums[j];
}

/**
 * The mean is corrected by the mean of the centred values, and the variance by its square: in exact arithmetic both
 * corrections are zero, in floating point they take back what rounding the first mean has cost
 * (Chan, Golub & LeVeque 1983, the corrected two-pass algorithm).
 */
export function moments(
  mean: FloatData,
  variance: FloatData,
  x: FloatData,
  outer: number,
  length: number,
  inner: number,
): void {
  const first = new Float64Array(inner);
  const centred = new Float64Array(inner);
  const squares = new Float64Array(inner);
  for (let o = 0; o < outer; o++) {
    const from = o * length * inner;
    first.fill(0);
    centred.fill(0);
    squares.fill(0);
    addRows(first, x, from, length, inner);
    for (let i = 0; i < inner; i++) first[i] /= length;
    let next = from;
    for (let l = 0; l < length; l++) {
      for (let i = 0; i < inner; i++) {
        const d = x[next++] - first[i];
        centred[i] += d;
        squares[i] += d * d;
      }
    }
    for (let i = 0; i < inner; i++) {
      const correction = centred[i] / length;
      mean[o * inner + i] = first[i] + correction;
      variance[o * inner + i] = Math.max(0, squares[i] / length - correction * correction);
    }
  }
}

/** Calls `visit` with the output index and the position within the axis of the greatest element. */
function forEachGreatest(
  x: Data,
  outer: number,
  length: number,
  inner: number,
  visit: (to: number, position: number, value: number) => void,
): void {
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const from = o * length * inner + i;
      let position = 0;
      let greatest = x[from];
      for (let l = 1; l < length && greatest === greatest; l++) {
        const value = x[from + l * inner];
        if (value > greatest || value !== value) {
          greatest = value;
          position = l;
        }
      }
      visit(o * inner + i, position, greatest);
    }
  }
}

export function max(out: Data, x: Data, outer: number, length: number, inner: number): void {
  forEachGreatest(x, outer, length, inner, (to, _position, value) => {
    out[to] = value;
  });
}

export function argmax(out: Int32Array, x: Data, outer: number, length: number, inner: number): void {
  forEachGreatest(x, outer, length, inner, (to, position) => {
    out[to] = position;
  });
}
