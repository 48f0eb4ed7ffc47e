import type { FloatData } from "../../dtype.js";
import { log } from "../../portable-math.js";
import type { UnaryOperation } from "../kernels.js";
import { scalar } from "../scalar.js";
import { type Exports, precision } from "./exports.js";
import type { LinearMemory } from "./linear-memory.js";
import { sweep } from "./sweep.js";

export function exponentialKernels(exports: Exports, memory: LinearMemory) {
  function exp(out: FloatData, x: FloatData): boolean {
    const kernel = exports[`exp${precision(x)}`];
    return sweep(memory, { writes: [out], reads: [x], rows: x.length, columns: 1 }, ([to, from], length) =>
      kernel(to, from, length),
    );
  }

  function unary(operation: UnaryOperation, out: FloatData, x: FloatData): void {
    if (operation !== "exp" || !exp(out, x)) scalar.unary(operation, out, x);
  }

  function softmaxCrossEntropy(
    dlogits: FloatData,
    logits: FloatData,
    labels: ArrayLike<number>,
    scale: number,
    rows: number,
    classes: number,
  ): number {
    const shifted = new Float64Array(rows * classes);
    for (let i = 0; i < rows; i++) {
      const row = i * classes;
      let max = Number.NEGATIVE_INFINITY;
      for (let j = 0; j < classes; j++) max = Math.max(max, logits[row + j]);
      for (let j = 0; j < classes; j++) shifted[row + j] = logits[row + j] - max;
    }
    const exponentials = new Float64Array(rows * classes);
    if (!exp(exponentials, shifted)) {
      return scalar.softmaxCrossEntropy(dlogits, logits, labels, scale, rows, classes);
    }
    let loss = 0;
    for (let i = 0; i < rows; i++) {
      const row = i * classes;
      const label = labels[i];
      let sum = 0;
      for (let j = 0; j < classes; j++) sum += exponentials[row + j];
      loss += log(sum) - shifted[row + label];
      for (let j = 0; j < classes; j++) {
        dlogits[row + j] = scale * (exponentials[row + j] / sum - (j === label ? 1 : 0));
      }
    }
    return loss;
  }

  return { unary, softmaxCrossEntropy };
}
