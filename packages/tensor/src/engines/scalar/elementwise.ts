import type { Data, FloatData } from "../../dtype.js";
import { exp, log, sigmoid, tanh } from "../../portable-math.js";
import type { Shape } from "../../shape.js";
import type { BinaryOperation, UnaryOperation } from "../kernels.js";
import { gelu, geluTanh } from "./activations.js";

const add = (a: number, b: number) => a + b;
const sub = (a: number, b: number) => a - b;
const mul = (a: number, b: number) => a * b;
const div = (a: number, b: number) => a / b;

const binaryOperations: Record<BinaryOperation, (a: number, b: number) => number> = {
  add,
  sub,
  mul,
  div,
  maximum: Math.max,
};

export function binary(
  operation: BinaryOperation,
  out: Data,
  a: Data,
  b: Data,
  shape: Shape,
  aStrides: readonly number[],
  bStrides: readonly number[],
): void {
  // The product of two int32 has up to 62 bits: only imul wraps it as an int32 does.
  const apply = operation === "mul" && out instanceof Int32Array ? Math.imul : binaryOperations[operation];
  let next = 0;
  const visit = (axis: number, i: number, j: number): void => {
    if (axis === shape.length) {
      out[next++] = apply(a[i], b[j]);
      return;
    }
    const aStep = aStrides[axis];
    const bStep = bStrides[axis];
    if (axis === shape.length - 1) {
      for (let n = 0; n < shape[axis]; n++) out[next++] = apply(a[i + n * aStep], b[j + n * bStep]);
      return;
    }
    for (let n = 0; n < shape[axis]; n++) visit(axis + 1, i + n * aStep, j + n * bStep);
  };
  visit(0, 0, 0);
}

const unaryOperations: Record<UnaryOperation, (x: number) => number> = {
  exp,
  log,
  sqrt: Math.sqrt,
  sigmoid,
  tanh,
  gelu,
  geluTanh,
};

export function unary(operation: UnaryOperation, out: FloatData, x: FloatData): void {
  const apply = unaryOperations[operation];
  for (let i = 0; i < x.length; i++) out[i] = apply(x[i]);
}

export function addRow(x: FloatData, row: FloatData, rows: number, columns: number): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) x[i * columns + j] += row[j];
  }
}

export function relu(y: FloatData, x: FloatData): void {
  for (let i = 0; i < x.length; i++) {
    const value = x[i];
    y[i] = value <= 0 ? 0 : value;
  }
}

export function reluBackward(dx: FloatData, dy: FloatData, x: FloatData): void {
  for (let i = 0; i < x.length; i++) {
    const value = x[i];
    dx[i] = value > 0 ? dy[i] : value <= 0 ? 0 : value;
  }
}

export function leakyRelu(y: FloatData, x: FloatData, slope: number): void {
  for (let i = 0; i < x.length; i++) y[i] = x[i] > 0 ? x[i] : slope * x[i];
}

export function leakyReluBackward(dx: FloatData, dy: FloatData, x: FloatData, slope: number): void {
  for (let i = 0; i < x.length; i++) {
    const value = x[i];
    dx[i] = value > 0 ? dy[i] : value <= 0 ? slope * dy[i] : value;
  }
}

export function clear(x: FloatData): void {
  x.fill(0);
}
