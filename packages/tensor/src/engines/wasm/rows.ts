import type { Kernels } from "../kernels.js";
import { scalar } from "../scalar.js";
import { type Exports, precision } from "./exports.js";
import type { LinearMemory } from "./linear-memory.js";
import { sweep } from "./sweep.js";

/**
 * Kernels along the rows of x[rows, columns]. One with numbers of each row's own (a label, a mean) is called row by
 * row: blocks come one after the other.
 */
export function rowKernels(exports: Exports, memory: LinearMemory) {
  const softmax: Kernels["softmax"] = (y, x, rows, columns) => {
    const kernel = exports[`softmax${precision(x)}`];
    const done = sweep(
      memory,
      { writes: [y], reads: [x], vectors: [...memory.vectors(1, columns)], rows, columns },
      ([toY, atX, exponentials], count) => kernel(toY, atX, exponentials, count, columns),
    );
    if (!done) scalar.softmax(y, x, rows, columns);
  };

  const softmaxBackward: Kernels["softmaxBackward"] = (dx, dy, y, rows, columns) => {
    const kernel = exports[`softmaxBackward${precision(y)}`];
    const done = sweep(
      memory,
      { writes: [dx], reads: [dy, y], rows, columns, shared: "rows" },
      ([toDx, atDy, atY], count) => kernel(toDx, atDy, atY, count, columns),
    );
    if (!done) scalar.softmaxBackward(dx, dy, y, rows, columns);
  };

  const logSoftmax: Kernels["logSoftmax"] = (y, x, rows, columns) => {
    const kernel = exports[`logSoftmax${precision(x)}`];
    const done = sweep(
      memory,
      { writes: [y], reads: [x], vectors: [...memory.vectors(1, columns)], rows, columns },
      ([toY, atX, exponentials], count) => kernel(toY, atX, exponentials, count, columns),
    );
    if (!done) scalar.logSoftmax(y, x, rows, columns);
  };

  const logSoftmaxBackward: Kernels["logSoftmaxBackward"] = (dx, dy, y, rows, columns) => {
    const kernel = exports[`logSoftmaxBackward${precision(y)}`];
    const done = sweep(
      memory,
      { writes: [dx], reads: [dy, y], rows, columns, shared: "rows" },
      ([toDx, atDy, atY], count) => kernel(toDx, atDy, atY, count, columns),
    );
    if (!done) scalar.logSoftmaxBackward(dx, dy, y, rows, columns);
  };

  const softmaxCrossEntropy: Kernels["softmaxCrossEntropy"] = (
    dlogits,
    logits,
    labels,
    scale,
    rows,
    classes,
  ) => {
    const kernel = exports[`softmaxCrossEntropy${precision(logits)}`];
    const rowBytes = classes * logits.BYTES_PER_ELEMENT;
    let loss = 0;
    let row = 0;
    const done =
      classes > 0 &&
      sweep(
        memory,
        {
          writes: [dlogits],
          reads: [logits],
          vectors: [...memory.vectors(1, classes)],
          rows,
          columns: classes,
        },
        ([toDlogits, atLogits, exponentials], count) => {
          for (let i = 0; i < count; i++) {
            const at = i * rowBytes;
            loss += kernel(toDlogits + at, atLogits + at, exponentials, classes, labels[row++], scale);
          }
        },
      );
    return done ? loss : scalar.softmaxCrossEntropy(dlogits, logits, labels, scale, rows, classes);
  };

  const weightedCrossEntropy: Kernels["weightedCrossEntropy"] = (
    dlogits,
    logits,
    targets,
    scale,
    rows,
    classes,
  ) => {
    const kernel = exports[`weightedCrossEntropy${precision(logits)}`];
    let loss = 0;
    const done = sweep(
      memory,
      // Targets first: parts are as large as the first operand's elements ask for, and these may be the larger ones.
      {
        writes: [dlogits],
        reads: [targets, logits],
        vectors: [...memory.vectors(1, classes)],
        rows,
        columns: classes,
      },
      ([toDlogits, atTargets, atLogits, exponentials], count) => {
        loss = kernel(toDlogits, atTargets, atLogits, exponentials, count, classes, scale, loss);
      },
    );
    return done ? loss : scalar.weightedCrossEntropy(dlogits, logits, targets, scale, rows, classes);
  };

  const normalizeRows: Kernels["normalizeRows"] = (y, x, mean, r, gamma, beta, rows, columns) => {
    const kernel = exports[`normalizeRow${precision(x)}`];
    const rowBytes = columns * x.BYTES_PER_ELEMENT;
    let row = 0;
    const done = sweep(
      memory,
      { writes: [y], reads: [x], vectors: [gamma, beta], rows, columns },
      ([toY, atX, atGamma, atBeta], count) => {
        for (let i = 0; i < count; i++, row++) {
          const at = i * rowBytes;
          kernel(toY + at, atX + at, atGamma, atBeta, columns, mean[row], r[row]);
        }
      },
    );
    if (!done) scalar.normalizeRows(y, x, mean, r, gamma, beta, rows, columns);
  };

  const normalizeRowsBackward: Kernels["normalizeRowsBackward"] = (
    dx,
    dGamma,
    dBeta,
    dy,
    x,
    mean,
    r,
    gamma,
    rows,
    columns,
  ) => {
    const kernel = exports[`normalizeRowBackward${precision(x)}`];
    const rowBytes = columns * x.BYTES_PER_ELEMENT;
    let row = 0;
    dGamma.fill(0);
    dBeta.fill(0);
    const done = sweep(
      memory,
      { writes: [dx], reads: [dy, x], vectors: [gamma], sums: [dGamma, dBeta], rows, columns },
      ([toDx, atDy, atX, atGamma, toDGamma, toDBeta], count) => {
        for (let i = 0; i < count; i++, row++) {
          const at = i * rowBytes;
          kernel(toDx + at, atDy + at, atX + at, atGamma, toDGamma, toDBeta, columns, mean[row], r[row]);
        }
      },
    );
    if (!done) scalar.normalizeRowsBackward(dx, dGamma, dBeta, dy, x, mean, r, gamma, rows, columns);
  };

  return {
    softmax,
    softmaxBackward,
    logSoftmax,
    logSoftmaxBackward,
    softmaxCrossEntropy,
    weightedCrossEntropy,
    normalizeRows,
    normalizeRowsBackward,
  };
}
