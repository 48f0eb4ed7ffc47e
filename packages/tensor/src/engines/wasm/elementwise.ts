import type { FloatData } from "../../dtype.js";
import { type Shape, sizeOf } from "../../shape.js";
import type { BinaryOperation, Kernels } from "../kernels.js";
import { scalar } from "../scalar.js";
import { activationCodes, binaryCodes, type Exports, isFloatData, precision, unaryCodes } from "./exports.js";
import type { LinearMemory } from "./linear-memory.js";
import { sweep } from "./sweep.js";

export function elementwiseKernels(exports: Exports, memory: LinearMemory) {
  /** For floats, both of `shape`, or one a row or a number that repeats over it. */
  const binary: Kernels["binary"] = (operation, out, a, b, shape, aStrides, bStrides) => {
    const done =
      isFloatData(out) &&
      isFloatData(a) &&
      isFloatData(b) &&
      binaryFloat(operation, out, a, b, period(shape, aStrides), period(shape, bStrides));
    if (!done) scalar.binary(operation, out, a, b, shape, aStrides, bStrides);
  };

  /** `aPeriod` is the number of elements after which `a` repeats. */
  function binaryFloat(
    operation: BinaryOperation,
    out: FloatData,
    a: FloatData,
    b: FloatData,
    aPeriod: number | undefined,
    bPeriod: number | undefined,
  ): boolean {
    const code = binaryCodes[operation];
    const { length } = out;
    const [aWhole, bWhole] = [aPeriod === length, bPeriod === length];
    if (aWhole && bWhole) {
      const kernel = exports[`binary${precision(out)}`];
      return sweep(
        memory,
        { writes: [out], reads: [a, b], rows: length, columns: 1, shared: "rows" },
        ([toOut, atA, atB], count) => kernel(toOut, atA, atB, count, code, false, false),
      );
    }
    const [x, row] = aWhole ? [a, b] : [b, a];
    const columns = aWhole ? bPeriod : bWhole ? aPeriod : undefined;
    if (columns === undefined) return false;
    const parts = {
      writes: [out],
      reads: [x],
      vectors: [row],
      rows: length / columns,
      columns,
      shared: "rows",
    } as const;
    if (columns === 1) {
      const kernel = exports[`binary${precision(out)}`];
      return sweep(memory, parts, ([toOut, atX, atNumber], count) =>
        aWhole
          ? kernel(toOut, atX, atNumber, count, code, false, true)
          : kernel(toOut, atNumber, atX, count, code, true, false),
      );
    }
    const kernel = exports[`binaryRow${precision(out)}`];
    return sweep(memory, parts, ([toOut, atX, atRow], count) =>
      kernel(toOut, atX, atRow, count, columns, code, bWhole),
    );
  }

  const unary: Kernels["unary"] = (operation, out, x) => {
    const kernel = exports[`unary${precision(x)}`];
    const code = unaryCodes[operation];
    const done = sweep(
      memory,
      { writes: [out], reads: [x], rows: x.length, columns: 1, shared: "rows" },
      ([toOut, atX], length) => kernel(toOut, atX, length, code),
    );
    if (!done) scalar.unary(operation, out, x);
  };

  const unaryBackward: Kernels["unaryBackward"] = (operation, dx, dy, x) => {
    const kernel = exports[`unaryBackward${precision(x)}`];
    const code = activationCodes[operation];
    const done = sweep(
      memory,
      { writes: [dx], reads: [dy, x], rows: x.length, columns: 1, shared: "rows" },
      ([toDx, atDy, atX], length) => kernel(toDx, atDy, atX, length, code),
    );
    if (!done) scalar.unaryBackward(operation, dx, dy, x);
  };

  const relu: Kernels["relu"] = (y, x) => {
    const kernel = exports[`relu${precision(x)}`];
    const done = sweep(
      memory,
      { writes: [y], reads: [x], rows: x.length, columns: 1, shared: "rows" },
      ([toY, atX], length) => kernel(toY, atX, length),
    );
    if (!done) scalar.relu(y, x);
  };

  const reluBackward: Kernels["reluBackward"] = (dx, dy, x) => {
    const kernel = exports[`reluBackward${precision(x)}`];
    const done = sweep(
      memory,
      { writes: [dx], reads: [dy, x], rows: x.length, columns: 1, shared: "rows" },
      ([toDx, atDy, atX], length) => kernel(toDx, atDy, atX, length),
    );
    if (!done) scalar.reluBackward(dx, dy, x);
  };

  const leakyRelu: Kernels["leakyRelu"] = (y, x, slope) => {
    const kernel = exports[`leakyRelu${precision(x)}`];
    const done = sweep(
      memory,
      { writes: [y], reads: [x], rows: x.length, columns: 1, shared: "rows" },
      ([toY, atX], length) => kernel(toY, atX, length, slope),
    );
    if (!done) scalar.leakyRelu(y, x, slope);
  };

  const leakyReluBackward: Kernels["leakyReluBackward"] = (dx, dy, x, slope) => {
    const kernel = exports[`leakyReluBackward${precision(x)}`];
    const done = sweep(
      memory,
      { writes: [dx], reads: [dy, x], rows: x.length, columns: 1, shared: "rows" },
      ([toDx, atDy, atX], length) => kernel(toDx, atDy, atX, length, slope),
    );
    if (!done) scalar.leakyReluBackward(dx, dy, x, slope);
  };

  const clear: Kernels["clear"] = (x) => {
    const kernel = exports[`clear${precision(x)}`];
    // Not worth a copy.
    if (memory.addressOf(x) === undefined) x.fill(0);
    else
      sweep(memory, { writes: [x], rows: x.length, columns: 1, shared: "rows" }, ([to], length) =>
        kernel(to, length),
      );
  };

  return { clear, binary, unary, unaryBackward, relu, reluBackward, leakyRelu, leakyReluBackward };
}

/** After how many elements of `shape` an operand with these strides begins anew; undefined where it repeats otherwise. */
function period(shape: Shape, strides: readonly number[]): number | undefined {
  let axis = shape.length;
  while (axis > 0 && (shape[axis - 1] === 1 || strides[axis - 1] !== 0)) axis--;
  const repeats = shape.slice(0, axis).every((size, i) => size === 1 || strides[i] === 0);
  return repeats ? sizeOf(shape.slice(axis)) : undefined;
}
