import type { Engine } from "./engine.js";
import { environment } from "./environment.js";
import type { Kernels } from "./kernels.js";
import { scalarEngine } from "./scalar.js";
import { defaultThreads, requireThreads } from "./thread-count.js";
import { instantiate } from "./wasm/instantiate.js";
import { wasmEngine } from "./wasm.js";

const engines = {
  /** Plain TypeScript: the reference, and what runs where nothing else can. */
  scalar: (): Engine | undefined => scalarEngine,
  /** WebAssembly SIMD. */
  wasm: (): Engine | undefined => {
    const instance = instantiate();
    return instance && wasmEngine(instance);
  },
};

export type EngineName = keyof typeof engines;

/** The type of `relaxedSimd`, which `@handgrad/tensor/relaxed` exports, for {@link useEngine}. */
export interface RelaxedSimd {
  readonly name: "wasm-relaxed";
  /** A module of WebAssembly in hexadecimal. */
  readonly binary: string;
}

let current: Engine | undefined;
let threadsWanted: number | undefined;

const isEngine = (name: string): name is EngineName => Object.hasOwn(engines, name);

function startRelaxed({ name, binary }: RelaxedSimd): Engine {
  const instance = instantiate(undefined, [binary]);
  if (!instance)
    throw new Error(
      `useEngine: this runtime has no relaxed WebAssembly SIMD, which the engine ${name} needs`,
    );
  return wasmEngine(instance, name);
}

function start(what: string, name: string): Engine {
  if (!isEngine(name)) {
    throw new RangeError(`${what} must be one of ${Object.keys(engines).join(", ")}, got ${name}`);
  }
  const engine = engines[name]();
  if (!engine)
    throw new Error(`${what}: this runtime has no WebAssembly SIMD, which the engine ${name} needs`);
  return engine;
}

/** HANDGRAD_ENGINE where there are environment variables, else the fastest engine that this runtime can run. */
function byDefault(): Engine {
  const name = environment("HANDGRAD_ENGINE");
  return name ? start("HANDGRAD_ENGINE", name) : (engines.wasm() ?? scalarEngine);
}

function take(engine: Engine): Engine {
  threadsWanted ??= defaultThreads();
  engine.threads = threadsWanted;
  return engine;
}

/** The engine at work. */
export function currentEngine(): Engine {
  current ??= take(byDefault());
  return current;
}

/** The arithmetic of the engine at work. */
export const kernels = (): Kernels => currentEngine().kernels;

/**
 * Name of the engine that does the arithmetic. Without {@link useEngine} it is the environment variable
 * `HANDGRAD_ENGINE`, or else `"wasm"` where the runtime has WebAssembly SIMD and `"scalar"` elsewhere.
 */
export const engine = (): EngineName | RelaxedSimd["name"] => kernels().name as EngineName;

/**
 * Takes another engine from now on. `"scalar"` and `"wasm"` give the same bits; `relaxedSimd` of
 * `@handgrad/tensor/relaxed` gives those of the processor. Tensors and layers carry over.
 * @throws RangeError for a name that is no engine's, Error where the runtime can't run it.
 */
export function useEngine(engine: EngineName | RelaxedSimd): void {
  const next = take(typeof engine === "object" ? startRelaxed(engine) : start("useEngine: name", engine));
  if (current) current.threads = 1;
  current = next;
}

/**
 * How many threads share large work, the calling one included. Without {@link useThreads} it is the environment
 * variable `HANDGRAD_THREADS`, or else the number of the machine's cores. It is 1 on the scalar engine, and in web pages
 * that are not cross-origin isolated, where threads can't share memory.
 */
export const threads = (): number => currentEngine().threads;

/**
 * Lets so many threads share large work from now on. The bits of all results stay the same.
 * @throws RangeError unless `count` is a positive integer.
 */
export function useThreads(count: number): void {
  requireThreads("useThreads: count", count);
  threadsWanted = count;
  currentEngine().threads = count;
}
