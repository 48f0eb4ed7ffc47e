import type { Kernels } from "./kernels.js";
import { columnKernels } from "./wasm/columns.js";
import { elementwiseKernels } from "./wasm/elementwise.js";
import type { Exports } from "./wasm/exports.js";
import { LinearMemory } from "./wasm/linear-memory.js";
import { lossKernels } from "./wasm/losses.js";
import { matmulKernel } from "./wasm/matmul.js";
import { optimizerKernels } from "./wasm/optimizers.js";
import { reduceKernels } from "./wasm/reduce.js";
import { rowKernels } from "./wasm/rows.js";

/**
 * Kernels in WebAssembly SIMD. Tensors live in ordinary typed arrays, so each call copies its operands in and its
 * results out; a call whose operands don't fit into WebAssembly's 4 GB is the scalar engine's, with the same bits.
 */
export function wasmEngine(exports: Exports) {
  const memory = new LinearMemory(exports.memory);
  // What these leave to the scalar engine: int32 and uint8; operands of `binary` that repeat otherwise than as a number
  // or as rows; reductions over an axis in the middle; max and argmax along rows, which for a batch of 128 rows of ten
  // classes take less than 3 µs there.
  return {
    name: "wasm",
    matmul: matmulKernel(exports, memory),
    ...elementwiseKernels(exports, memory),
    ...columnKernels(exports, memory),
    ...reduceKernels(exports, memory),
    ...rowKernels(exports, memory),
    ...lossKernels(exports, memory),
    ...optimizerKernels(exports, memory),
  } satisfies Kernels;
}
