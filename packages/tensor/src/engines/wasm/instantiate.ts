import { binary } from "./binary.js";
import type { Exports } from "./exports.js";
import { type Memory, webAssembly } from "./web-assembly.js";

/** Room for control and constants, and a first bit of storage. */
const INITIAL_PAGES = 16;
/** 4 GB, and less where an address space is too small for that. */
const MAXIMUM_PAGES = [65_536, 16_384, 4096];

/** How the module imports its memory: by the name "memory", as a memory (2), with a maximum and shared (3) or not (1). */
const SHARED_MEMORY = "6d656d6f72790203";
const UNSHARED_MEMORY = "6d656d6f72790201";

/** The module at work in a memory, and what a worker needs to work in it, too. */
export interface Instance {
  readonly exports: Exports;
  readonly memory: Memory;
  readonly module: object;
  /** Whether other threads can see the memory. Then its buffers stay valid when it grows. */
  readonly shared: boolean;
}

/**
 * The embedded module, compiled at once and without an `await`; undefined where the runtime has no WebAssembly SIMD or
 * refuses (Chromium before 114 compiles no more than 4 kB at once on a page's main thread, later ones 8 MB).
 * Its memory is shared wherever the runtime lets memory be shared.
 */
export function instantiate(shared = "SharedArrayBuffer" in globalThis): Instance | undefined {
  const wasm = webAssembly();
  const code = shared ? binary : binary.replace(SHARED_MEMORY, UNSHARED_MEMORY);
  const bytes = new Uint8Array(code.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(code.slice(2 * i, 2 * i + 2), 16);
  if (!wasm?.validate(bytes)) return undefined;
  for (const maximum of MAXIMUM_PAGES) {
    try {
      const memory = new wasm.Memory({ initial: INITIAL_PAGES, maximum, shared });
      const module = new wasm.Module(bytes);
      const exports = new wasm.Instance(module, { env: { memory } }).exports as Exports;
      return { exports, memory, module, shared };
    } catch {}
  }
  return shared ? instantiate(false) : undefined;
}
