import type { FromWorker } from "../messages.js";

/** What does the arithmetic, and why not something faster. */
export function engineText({ engine, threads, isolated }: Extract<FromWorker, { type: "ready" }>): string {
  if (engine === "scalar") {
    return "This browser has no WebAssembly SIMD, or refused the memory for it: plain JavaScript does the arithmetic. The results are the same, but training is slower.";
  }
  const simd = "WebAssembly SIMD does the arithmetic";
  if (!isolated) {
    return `${simd}, on one thread: the page's host does not isolate it (Cross-Origin-Opener-Policy, Cross-Origin-Embedder-Policy), so threads can't share memory. The results are the same.`;
  }
  if (threads === 1) return `${simd}, on one thread: the machine has one core.`;
  return `${simd}, on ${threads} threads that share memory: the page is cross-origin isolated.`;
}
