import { cast, fromData, normal, type Vector } from "@handgrad/tensor";
import type { Initializer } from "./initializers.js";

type Column = Vector<number, "float64">["data"];

const dot = (a: Column, b: Column): number => a.reduce((sum, value, i) => sum + value * b[i], 0);

/** column −= (q·column)·q for every q: what is left is orthogonal to them. */
function removeProjections(column: Column, onto: readonly Column[]): void {
  for (const q of onto) {
    const projection = dot(q, column);
    for (let i = 0; i < column.length; i++) column[i] -= projection * q[i];
  }
}

/**
 * gain·Q with orthonormal columns, or rows where fanOut is greater: such a layer keeps lengths. Q is that of A = Q·R,
 * R with a positive diagonal, of a normal A, hence uniform among all such matrices (Saxe et al. 2014; Mezzadri 2007).
 * By Gram and Schmidt in float64, twice for each column, which makes it orthogonal to rounding.
 * @throws RangeError unless gain is finite.
 */
export function orthogonal({ gain = 1 }: { readonly gain?: number } = {}): Initializer {
  if (!Number.isFinite(gain)) throw new RangeError(`orthogonal: gain must be a finite number, got ${gain}`);
  return ([fanIn, fanOut], rng, dtype) => {
    const length = Math.max(fanIn, fanOut);
    const basis: Column[] = [];
    for (let k = 0; k < Math.min(fanIn, fanOut); k++) {
      const column = normal([length], rng, { dtype: "float64" }).data;
      removeProjections(column, basis);
      removeProjections(column, basis);
      const norm = Math.sqrt(dot(column, column));
      basis.push(column.map((value) => value / norm));
    }
    const isTall = fanIn >= fanOut;
    const value = (_: unknown, index: number) => {
      const i = Math.floor(index / fanOut);
      const j = index % fanOut;
      return gain * (isTall ? basis[j][i] : basis[i][j]);
    };
    const data = Float64Array.from({ length: fanIn * fanOut }, value);
    return cast(fromData(data, [fanIn, fanOut]), dtype);
  };
}
