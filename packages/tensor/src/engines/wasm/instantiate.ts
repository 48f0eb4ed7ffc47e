import { binary } from "./binary.js";
import type { Exports } from "./exports.js";
import { webAssembly } from "./web-assembly.js";

/**
 * The embedded module, compiled at once and without an `await`; undefined where the runtime has no WebAssembly SIMD or
 * refuses (Chromium before 114 compiles no more than 4 kB at once on a page's main thread, later ones 8 MB).
 */
export function instantiate(): Exports | undefined {
  const wasm = webAssembly();
  const bytes = Uint8Array.from(atob(binary), (character) => character.charCodeAt(0));
  if (!wasm?.validate(bytes)) return undefined;
  try {
    return new wasm.Instance(new wasm.Module(bytes)).exports as Exports;
  } catch {
    return undefined;
  }
}
