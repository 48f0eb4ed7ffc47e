import type { Kernels } from "./kernels.js";
import { scalar } from "./scalar.js";
import { columnKernels } from "./wasm/columns.js";
import { elementwiseKernels } from "./wasm/elementwise.js";
import { exponentialKernels } from "./wasm/exponential.js";
import type { Exports } from "./wasm/exports.js";
import { LinearMemory } from "./wasm/linear-memory.js";
import { matmulKernel } from "./wasm/matmul.js";
import { optimizerKernels } from "./wasm/optimizers.js";

/**
 * Kernels in WebAssembly SIMD. Tensors live in ordinary typed arrays, so each call copies its operands in and its
 * results out; a call whose operands don't fit into WebAssembly's 4 GB is the scalar engine's, with the same bits.
 */
export function wasmEngine(exports: Exports) {
  const memory = new LinearMemory(exports.memory);
  // Listed one by one, not spread: who adds a kernel decides whether it stays scalar.
  const {
    binary,
    unaryBackward,
    sum,
    max,
    argmax,
    leakyRelu,
    leakyReluBackward,
    softmax,
    softmaxBackward,
    logSoftmax,
    logSoftmaxBackward,
    normalizeEvalBackward,
    normalizeRows,
    normalizeRowsBackward,
    weightedCrossEntropy,
    binaryCrossEntropy,
    squaredError,
    rmsprop,
    adagrad,
  } = scalar;
  return {
    name: "wasm",
    matmul: matmulKernel(exports, memory),
    ...exponentialKernels(exports, memory),
    ...elementwiseKernels(exports, memory),
    ...columnKernels(exports, memory),
    ...optimizerKernels(exports, memory),
    binary,
    unaryBackward,
    sum,
    max,
    argmax,
    leakyRelu,
    leakyReluBackward,
    softmax,
    softmaxBackward,
    logSoftmax,
    logSoftmaxBackward,
    normalizeEvalBackward,
    normalizeRows,
    normalizeRowsBackward,
    weightedCrossEntropy,
    binaryCrossEntropy,
    squaredError,
    rmsprop,
    adagrad,
  } satisfies Kernels;
}
