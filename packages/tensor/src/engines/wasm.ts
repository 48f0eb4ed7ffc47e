import type { Engine } from "./engine.js";
import type { Kernels } from "./kernels.js";
import { scalar } from "./scalar.js";
import { columnKernels } from "./wasm/columns.js";
import { elementwiseKernels } from "./wasm/elementwise.js";
import { exponentialKernels } from "./wasm/exponential.js";
import type { Instance } from "./wasm/instantiate.js";
import { LinearMemory } from "./wasm/linear-memory.js";
import { matmulKernel } from "./wasm/matmul.js";
import { optimizerKernels } from "./wasm/optimizers.js";
import { Threads } from "./wasm/threads.js";

/**
 * Kernels in WebAssembly SIMD. Arrays from the engine's `storage` are used where they are; operands in ordinary
 * typed arrays are copied in, and results out. A call whose operands don't fit into WebAssembly's 4 GB is the scalar
 * engine's, with the same bits.
 */
export function wasmEngine(instance: Instance): Engine {
  const threads = new Threads(instance);
  const { exports } = threads;
  const memory = new LinearMemory(instance, threads);
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
  const kernels = {
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
  return {
    kernels,
    get threads() {
      return threads.limit;
    },
    set threads(count) {
      threads.limit = count;
    },
    storage: (dtype, length) => memory.storage(dtype, length),
    part: (dtype, whole, length) => memory.part(dtype, whole, length),
  };
}
