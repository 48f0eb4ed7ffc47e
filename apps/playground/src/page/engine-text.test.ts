import { expect, it } from "vitest";
import { engineText } from "./engine-text.js";

it.each([
  [
    "scalar",
    1,
    true,
    /^This browser has no WebAssembly SIMD, or refused the memory for it: plain JavaScript/,
  ],
  [
    "wasm",
    1,
    false,
    /^WebAssembly SIMD does the arithmetic, on one thread: the page's host does not isolate it/,
  ],
  ["wasm", 1, true, /, on one thread: the machine has one core\.$/],
  [
    "wasm",
    4,
    true,
    /^WebAssembly SIMD does the arithmetic, on 4 threads that share memory: the page is cross-origin isolated\.$/,
  ],
] as const)("%s on %i threads, isolated: %s", (engine, threads, isolated, text) => {
  expect(engineText({ type: "ready", engine, threads, isolated })).toMatch(text);
});
