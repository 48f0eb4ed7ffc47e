import { allocate, type FloatDType, fromData, type Rows, type Vector } from "@handgrad/tensor";
import { readFixture } from "testing";

/** An entry of `fixtures/hard-inputs.json`. `fixtures/numerics.py` makes the same numbers of it, bit for bit. */
export interface HardInput {
  readonly name: string;
  readonly dtype: FloatDType;
  readonly rows: number;
  readonly features: number;
  /** x is uniform in offset ± spread: σ is spread/√3. */
  readonly offset: number;
  readonly spread: number;
  /** Added to the last row. */
  readonly lastRowAdds?: number;
  readonly epsilon: number;
}

export interface HardBatch<D extends FloatDType = FloatDType> {
  readonly x: Rows<number, D>;
  readonly dy: Rows<number, D>;
  readonly gamma: Vector<number, D>;
  readonly beta: Vector<number, D>;
  /** For the evaluation pass: offset and spread²/3, rounded to the dtype; the greatest number where that overflows. */
  readonly popMean: Vector<number, D>;
  readonly popVar: Vector<number, D>;
}

const file = readFixture<{
  readonly gamma: readonly number[];
  readonly beta: readonly number[];
  readonly inputs: readonly HardInput[];
}>(import.meta.url, "hard-inputs.json");

export const hardInputs = file.inputs;

const greatest: Readonly<Record<FloatDType, number>> = {
  float32: 2 ** 128 - 2 ** 104,
  float64: Number.MAX_VALUE,
};

/** The numbers that an entry stands for: +, · and rounding only, so that any language makes the same. */
export function makeHardBatch({
  dtype,
  rows,
  features,
  offset,
  spread,
  lastRowAdds = 0,
}: HardInput): HardBatch {
  let state = 1;
  /** Uniform in [−1, 1), a multiple of 2⁻¹⁵: the upper half of a linear congruential generator's state. */
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 16) - 2 ** 15) / 2 ** 15;
  };
  const matrix = (element: (row: number) => number) => {
    const data = allocate(dtype, rows * features);
    for (let i = 0; i < data.length; i++) data[i] = element(Math.floor(i / features));
    return fromData(data as Float64Array, [rows, features]) as Rows<number, FloatDType>;
  };
  const vector = (values: readonly number[]) => {
    const data = allocate(dtype, features);
    data.set(values.slice(0, features));
    return fromData(data as Float64Array, [features]) as Vector<number, FloatDType>;
  };
  const repeated = (value: number) => vector(new Array<number>(features).fill(value));
  return {
    x: matrix((row) => offset + spread * uniform() + (row === rows - 1 ? lastRowAdds : 0)),
    dy: matrix(uniform),
    gamma: vector(file.gamma),
    beta: vector(file.beta),
    popMean: repeated(offset),
    popVar: repeated(Math.min((spread * spread) / 3, greatest[dtype])),
  };
}

/** FNV-1a of the bytes of x and dy, little-endian: the same in Python, or the inputs are not. */
export function checksum({ x, dy }: HardBatch): number {
  let hash = 0x811c9dc5;
  for (const { data } of [x, dy]) {
    for (const byte of new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) {
      hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    }
  }
  return hash;
}
