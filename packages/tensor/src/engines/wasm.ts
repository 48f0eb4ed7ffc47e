import type { FloatData } from "../dtype.js";
import type { Kernels } from "./kernels.js";
import { scalar } from "./scalar.js";
import type { Exports } from "./wasm/exports.js";
import { LinearMemory } from "./wasm/linear-memory.js";

/**
 * Kernels in WebAssembly SIMD. Tensors live in ordinary typed arrays, so each call copies its operands in and its
 * result out; a call whose operands don't fit into WebAssembly's 4 GB is the scalar engine's, with the same bits.
 */
export function wasmEngine(exports: Exports) {
  const memory = new LinearMemory(exports.memory);

  function matmul(
    out: FloatData,
    a: FloatData,
    b: FloatData,
    m: number,
    k: number,
    n: number,
    transposeA: boolean,
    transposeB: boolean,
    accumulate: boolean,
  ): void {
    const [run, workspace] =
      out instanceof Float32Array
        ? [exports.matmulFloat32, exports.matmulWorkspaceFloat32]
        : [exports.matmulFloat64, exports.matmulWorkspaceFloat64];
    const addresses = memory.reserve(out.byteLength, a.byteLength, b.byteLength, workspace(k, n));
    if (!addresses) {
      scalar.matmul(out, a, b, m, k, n, transposeA, transposeB, accumulate);
      return;
    }
    const [atOut, atA, atB, atWorkspace] = addresses;
    memory.write(atA, a);
    memory.write(atB, b);
    if (accumulate) memory.write(atOut, out);
    else memory.fill(atOut, 0, out);
    run(atOut, atA, atB, atWorkspace, m, k, n, transposeA, transposeB);
    memory.read(out, atOut);
  }

  // Listed one by one, not spread: who adds a kernel decides whether it stays scalar.
  const {
    binary,
    unary,
    sum,
    max,
    argmax,
    moments,
    addRow,
    addColumnSums,
    relu,
    reluBackward,
    normalize,
    normalizeSums,
    normalizeTrainBackward,
    normalizeEvalBackward,
    softmaxCrossEntropy,
    sgd,
    sgdMomentum,
  } = scalar;
  return {
    name: "wasm",
    matmul,
    binary,
    unary,
    sum,
    max,
    argmax,
    moments,
    addRow,
    addColumnSums,
    relu,
    reluBackward,
    normalize,
    normalizeSums,
    normalizeTrainBackward,
    normalizeEvalBackward,
    softmaxCrossEntropy,
    sgd,
    sgdMomentum,
  } satisfies Kernels;
}
