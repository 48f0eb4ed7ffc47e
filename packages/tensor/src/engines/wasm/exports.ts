import type { Data, FloatData } from "../../dtype.js";
import type { ActivationOperation, BinaryOperation, UnaryOperation } from "../kernels.js";

// The module knows operations by these numbers.
export const binaryCodes: Record<BinaryOperation, number> = { add: 0, sub: 1, mul: 2, div: 3, maximum: 4 };
export const activationCodes: Record<ActivationOperation, number> = {
  sigmoid: 0,
  tanh: 1,
  gelu: 2,
  geluTanh: 3,
};
export const unaryCodes: Record<UnaryOperation, number> = { ...activationCodes, exp: 4, log: 5, sqrt: 6 };

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

  /** A repeated operand is one float64; operations by {@link binaryCodes}. */
  binary: (
    out: number,
    a: number,
    b: number,
    length: number,
    operation: number,
    aRepeats: boolean,
    bRepeats: boolean,
  ) => void;
  binaryRow: (
    out: number,
    x: number,
    row: number,
    rows: number,
    columns: number,
    operation: number,
    rowFirst: boolean,
  ) => void;
  /** Operations by {@link unaryCodes}. */
  unary: (y: number, x: number, length: number, operation: number) => void;
  unaryBackward: (dx: number, dy: number, x: number, length: number, operation: number) => void;
  clear: (x: number, length: number) => void;
  relu: (y: number, x: number, length: number) => void;
  reluBackward: (dx: number, dy: number, x: number, length: number) => void;
  leakyRelu: (y: number, x: number, length: number, slope: number) => void;
  leakyReluBackward: (dx: number, dy: number, x: number, length: number, slope: number) => void;

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

  greatestRows: (x: number, greatest: number, rows: number, columns: number) => void;
  greatestPositions: (
    x: number,
    greatest: number,
    positions: number,
    rows: number,
    columns: number,
    start: number,
  ) => void;

  sumRows: (x: number, sums: number, rows: number, columns: number) => void;
  momentsOfRows: (x: number, means: number, variances: number, rows: number, columns: number) => void;
  softmax: (y: number, x: number, exponentials: number, rows: number, columns: number) => void;
  softmaxBackward: (dx: number, dy: number, y: number, rows: number, columns: number) => void;
  logSoftmax: (y: number, x: number, exponentials: number, rows: number, columns: number) => void;
  logSoftmaxBackward: (dx: number, dy: number, y: number, rows: number, columns: number) => void;
  softmaxCrossEntropy: (
    dlogits: number,
    logits: number,
    exponentials: number,
    classes: number,
    label: number,
    scale: number,
  ) => number;
  weightedCrossEntropy: (
    dlogits: number,
    targets: number,
    logits: number,
    exponentials: number,
    rows: number,
    classes: number,
    scale: number,
    loss: number,
  ) => number;
  normalizeRow: (
    y: number,
    x: number,
    gamma: number,
    beta: number,
    columns: number,
    mean: number,
    r: number,
  ) => void;
  normalizeRowBackward: (
    dx: number,
    dy: number,
    x: number,
    gamma: number,
    dGamma: number,
    dBeta: number,
    columns: number,
    mean: number,
    r: number,
  ) => void;

  squaredError: (
    dpredictions: number,
    predictions: number,
    targets: number,
    length: number,
    scale: number,
    total: number,
  ) => number;
  binaryCrossEntropy: (
    dlogits: number,
    logits: number,
    targets: number,
    length: number,
    scale: number,
    loss: number,
  ) => number;

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
  rmsprop: (
    next: number,
    nextSquares: number,
    nextMeans: number,
    nextVelocity: number,
    value: number,
    grad: number,
    squares: number,
    means: number,
    velocity: number,
    length: number,
    learningRate: number,
    weightDecay: number,
    decay: number,
    momentum: number,
    epsilon: number,
    centered: boolean,
    moving: boolean,
  ) => void;
  adagrad: (
    next: number,
    nextSum: number,
    value: number,
    grad: number,
    sum: number,
    length: number,
    learningRate: number,
    weightDecay: number,
    epsilon: number,
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

/** int32 and uint8 are the scalar engine's. */
export const isFloatData = (data: Data): data is FloatData =>
  data instanceof Float32Array || data instanceof Float64Array;
