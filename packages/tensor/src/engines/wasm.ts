import type { Engine } from "./engine.js";
import type { Kernels } from "./kernels.js";
import { columnKernels } from "./wasm/columns.js";
import { elementwiseKernels } from "./wasm/elementwise.js";
import type { Instance } from "./wasm/instantiate.js";
import { LinearMemory } from "./wasm/linear-memory.js";
import { lossKernels } from "./wasm/losses.js";
import { matmulKernel } from "./wasm/matmul.js";
import { optimizerKernels } from "./wasm/optimizers.js";
import { reduceKernels } from "./wasm/reduce.js";
import { rowKernels } from "./wasm/rows.js";
import { Threads } from "./wasm/threads.js";

/**
 * Kernels in WebAssembly SIMD. Arrays from the engine's `storage` are used where they are; operands in ordinary
 * typed arrays are copied in, and results out. A call whose operands don't fit into WebAssembly's 4 GB is the scalar
 * engine's, with the same bits.
 */
export function wasmEngine(instance: Instance, name = "wasm"): Engine {
  const threads = new Threads(instance);
  const { exports } = threads;
  const memory = new LinearMemory(instance, threads);
  // What these leave to the scalar engine: int32 and uint8; operands of `binary` that repeat otherwise than as a number
  // or as rows; reductions over an axis in the middle; max and argmax along rows, which for a batch of 128 rows of ten
  // classes take less than 3 µs there.
  const kernels = {
    name,
    matmul: matmulKernel(exports, memory),
    ...elementwiseKernels(exports, memory),
    ...columnKernels(exports, memory),
    ...reduceKernels(exports, memory),
    ...rowKernels(exports, memory),
    ...lossKernels(exports, memory),
    ...optimizerKernels(exports, memory),
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
