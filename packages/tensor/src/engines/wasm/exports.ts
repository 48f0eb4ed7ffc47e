import type { FloatData } from "../../dtype.js";

/**
 * What the module exports: functions over byte addresses in its memory, written in `assembly/`. Operands of a kernel
 * come first, then one float64 vector after the other, then sizes, each in the order of the names here.
 */
export type Exports = ForEachPrecision<{
  /** out[m, columns] of rows of n = or += op(a)·op(b), with a workspace of as many bytes as the next function says. */
  matmul: (
    out: number,
    a: number,
    b: number,
    workspace: number,
    m: number,
    k: number,
    n: number,
    columns: number,
    aRow: number,
    aK: number,
    bK: number,
    bColumn: number,
    accumulate: boolean,
    skip: number,
  ) => void;
  matmulWorkspace: (k: number, columns: number) => number;
  /** Whether skipping op(a)'s zeros pays. */
  paysToSkip: (a: number, m: number, k: number, n: number) => number;
  /** The inner loop of matmul alone, for benchmarks: out[4, 2 vectors] += tile[k, 4]·panel[k, 2 vectors]. */
  multiplyTile: (out: number, outRow: number, tile: number, panel: number, k: number) => void;

  exp: (y: number, x: number, length: number) => void;
  clear: (x: number, length: number) => void;
  relu: (y: number, x: number, length: number) => void;
  reluBackward: (dx: number, dy: number, x: number, length: number) => void;

  addRow: (y: number, x: number, row: number, rows: number, columns: number) => void;
  addRows: (x: number, sums: number, rows: number, columns: number, pitch: number) => void;
  addCentredRows: (
    x: number,
    mean: number,
    centred: number,
    squares: number,
    rows: number,
    columns: number,
    pitch: number,
  ) => void;
  normalize: (
    y: number,
    x: number,
    mean: number,
    r: number,
    gamma: number,
    beta: number,
    rows: number,
    columns: number,
  ) => void;
  normalizeSums: (
    dy: number,
    x: number,
    mean: number,
    r: number,
    sumDy: number,
    sumDyXhat: number,
    rows: number,
    columns: number,
    pitch: number,
  ) => void;
  normalizeTrainBackward: (
    dx: number,
    dy: number,
    x: number,
    mean: number,
    r: number,
    scale: number,
    meanDy: number,
    meanDyXhat: number,
    rows: number,
    columns: number,
  ) => void;

  sgd: (
    next: number,
    value: number,
    grad: number,
    length: number,
    learningRate: number,
    weightDecay: number,
  ) => void;
  sgdMomentum: (
    next: number,
    nextVelocity: number,
    value: number,
    grad: number,
    velocity: number,
    length: number,
    learningRate: number,
    weightDecay: number,
    momentum: number,
    nesterov: boolean,
  ) => void;
  adam: (
    next: number,
    nextM: number,
    nextV: number,
    value: number,
    grad: number,
    m: number,
    v: number,
    length: number,
    keep: number,
    rate: number,
    weightDecay: number,
    beta1: number,
    beta2: number,
    root: number,
    epsilon: number,
  ) => void;
}>;

type Precision = "Float32" | "Float64";
type ForEachPrecision<Functions> = {
  readonly [Name in keyof Functions as `${Name & string}${Precision}`]: Functions[Name];
};

/** The end of the names of the functions for such elements. */
export const precision = (data: FloatData): Precision =>
  data instanceof Float32Array ? "Float32" : "Float64";
