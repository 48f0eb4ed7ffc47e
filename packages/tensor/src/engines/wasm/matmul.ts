import type { FloatData } from "../../dtype.js";
import { scalar } from "../scalar.js";
import { type Exports, precision } from "./exports.js";
import type { LinearMemory } from "./linear-memory.js";

export const matmulKernel =
  (exports: Exports, memory: LinearMemory) =>
  (
    out: FloatData,
    a: FloatData,
    b: FloatData,
    m: number,
    k: number,
    n: number,
    transposeA: boolean,
    transposeB: boolean,
    accumulate: boolean,
  ): void => {
    // WebAssembly's sizes are unsigned, and arrive here as signed ones.
    const workspace = exports[`matmulWorkspace${precision(out)}`](k, n) >>> 0;
    const addresses = memory.reserve([out.byteLength, a.byteLength, b.byteLength, workspace]);
    if (!addresses) {
      scalar.matmul(out, a, b, m, k, n, transposeA, transposeB, accumulate);
      return;
    }
    const [atOut, atA, atB, atWorkspace] = addresses;
    memory.write(atA, a);
    memory.write(atB, b);
    if (accumulate) memory.write(atOut, out);
    else memory.clear(atOut, out);
    exports[`matmul${precision(out)}`](atOut, atA, atB, atWorkspace, m, k, n, transposeA, transposeB);
    memory.read(out, atOut);
  };
