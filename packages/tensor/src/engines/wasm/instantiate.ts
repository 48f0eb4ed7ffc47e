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

/** Modules at work in one memory, and what a worker needs to work in it, too. */
export interface Instance {
  readonly exports: Exports;
  readonly memory: Memory;
  /** A later one's functions take the place of an earlier one's with the same names. */
  readonly modules: readonly object[];
  /** Whether other threads can see the memory. Then its buffers stay valid when it grows. */
  readonly shared: boolean;
}

/**
 * The embedded module, compiled at once and without an `await`, and the one of `more`, whose functions take the place of
 * its own; undefined where the runtime has no WebAssembly SIMD such as they need, or
 * refuses (Chromium before 114 compiles no more than 4 kB at once on a page's main thread, later ones 8 MB).
 * Their memory is shared wherever the runtime lets memory be shared.
 */
export function instantiate(
  shared = "SharedArrayBuffer" in globalThis,
  more: readonly string[] = [],
): Instance | undefined {
  const wasm = webAssembly();
  const codes = [binary, ...more].map((code) =>
    bytesOf(shared ? code : code.replace(SHARED_MEMORY, UNSHARED_MEMORY)),
  );
  if (!wasm || !codes.every((code) => wasm.validate(code))) return undefined;
  for (const maximum of MAXIMUM_PAGES) {
    try {
      const memory = new wasm.Memory({ initial: INITIAL_PAGES, maximum, shared });
      const modules = codes.map((code) => new wasm.Module(code));
      const parts = modules.map((module) => new wasm.Instance(module, { env: { memory } }).exports);
      return { exports: Object.assign({}, ...parts), memory, modules, shared };
    } catch {}
  }
  return shared ? instantiate(false, more) : undefined;
}

function bytesOf(hexadecimal: string): Uint8Array {
  const bytes = new Uint8Array(hexadecimal.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hexadecimal.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}
