import type { RelaxedSimd } from "./engines/select.js";
import { binary } from "./engines/wasm/relaxed-binary.js";

/**
 * An engine for `useEngine`: WebAssembly SIMD whose products round s + a·b once (fused multiply-add) where the processor
 * does so, and twice elsewhere. It is faster there and no less exact, but the bits of products depend on the processor,
 * so a run can be repeated on the same kind of machine only. Neither batch size nor threads change a bit.
 * `useEngine(relaxedSimd)` throws an Error where the runtime has no relaxed SIMD (Node before 22).
 *
 * Source: https://github.com/WebAssembly/relaxed-simd, `relaxed_madd`.
 */
export const relaxedSimd: RelaxedSimd = { name: "wasm-relaxed", binary };
