import type { FloatData } from "../../dtype.js";
import { scalar } from "../scalar.js";
import { type Exports, precision } from "./exports.js";
import type { LinearMemory } from "./linear-memory.js";
import { sweep } from "./sweep.js";

export function elementwiseKernels(exports: Exports, memory: LinearMemory) {
  function relu(y: FloatData, x: FloatData): void {
    const kernel = exports[`relu${precision(x)}`];
    const done = sweep(
      memory,
      { writes: [y], reads: [x], rows: x.length, columns: 1 },
      ([toY, atX], length) => kernel(toY, atX, length),
    );
    if (!done) scalar.relu(y, x);
  }

  function reluBackward(dx: FloatData, dy: FloatData, x: FloatData): void {
    const kernel = exports[`reluBackward${precision(x)}`];
    const done = sweep(
      memory,
      { writes: [dx], reads: [dy, x], rows: x.length, columns: 1 },
      ([toDx, atDy, atX], length) => kernel(toDx, atDy, atX, length),
    );
    if (!done) scalar.reluBackward(dx, dy, x);
  }

  function clear(x: FloatData): void {
    const kernel = exports[`clear${precision(x)}`];
    // Not worth a copy.
    if (memory.addressOf(x) === undefined) x.fill(0);
    else
      sweep(memory, { writes: [x], reads: [], rows: x.length, columns: 1 }, ([to], length) =>
        kernel(to, length),
      );
  }

  return { relu, reluBackward, clear };
}
