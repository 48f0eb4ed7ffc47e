import type { Kernels } from "./kernels.js";
import { scalar } from "./scalar.js";
import { instantiate } from "./wasm/instantiate.js";
import { wasmEngine } from "./wasm.js";

const engines = {
  /** Plain TypeScript: the reference, and what runs where nothing else can. */
  scalar: (): Kernels | undefined => scalar,
  /** WebAssembly SIMD. */
  wasm: (): Kernels | undefined => {
    const exports = instantiate();
    return exports && wasmEngine(exports);
  },
};

export type EngineName = keyof typeof engines;

let current: Kernels | undefined;

const isEngine = (name: string): name is EngineName => Object.hasOwn(engines, name);

function start(what: string, name: string): Kernels {
  if (!isEngine(name)) {
    throw new RangeError(`${what} must be one of ${Object.keys(engines).join(", ")}, got ${name}`);
  }
  const engine = engines[name]();
  if (!engine)
    throw new Error(`${what}: this runtime has no WebAssembly SIMD, which the engine ${name} needs`);
  return engine;
}

/** HANDGRAD_ENGINE where there are environment variables, else the fastest engine that this runtime can run. */
function byDefault(): Kernels {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  const name = process?.env?.HANDGRAD_ENGINE;
  return name ? start("HANDGRAD_ENGINE", name) : (engines.wasm() ?? scalar);
}

/** The engine that does the arithmetic. */
export function kernels(): Kernels {
  current ??= byDefault();
  return current;
}

/**
 * Name of the engine that does the arithmetic. Without {@link useEngine} it is the environment variable
 * `HANDGRAD_ENGINE`, or else `"wasm"` where the runtime has WebAssembly SIMD and `"scalar"` elsewhere.
 */
export const engine = (): EngineName => kernels().name as EngineName;

/**
 * Takes another engine from now on. All give the same bits; tensors and layers carry over.
 * @throws RangeError for a name that is no engine's, Error where the runtime can't run it.
 */
export function useEngine(name: EngineName): void {
  current = start("useEngine: name", name);
}
