import { setFlagsFromString } from "node:v8";
import { normals } from "testing";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { allocate, type FloatData, type FloatDType } from "./dtype.js";
import { type EngineName, engine, kernels, useEngine, useThreads } from "./engines/select.js";
import { webAssembly } from "./engines/wasm/web-assembly.js";
import { relaxedSimd } from "./relaxed.js";

const asked = process.env.HANDGRAD_ENGINE as EngineName | undefined;

// Node 20 has relaxed SIMD behind a flag; later ones have it, and no flag.
if (process.versions.node.startsWith("20.")) setFlagsFromString("--experimental-wasm-relaxed-simd");

afterEach(() => vi.unstubAllGlobals());
afterAll(() => useEngine(asked ?? "wasm"));

it("is refused where the runtime lacks it, and the engine stays", () => {
  const before = engine();
  const validate = (bytes: Uint8Array) => !Buffer.from(bytes).toString("hex").includes("fd8502");
  vi.stubGlobal("WebAssembly", Object.assign(Object.create(webAssembly() ?? null), { validate }));
  expect(() => useEngine(relaxedSimd)).toThrow(
    "useEngine: this runtime has no relaxed WebAssembly SIMD, which the engine wasm-relaxed needs",
  );
  expect(engine()).toBe(before);
});

it("has fused multiply-add in both precisions", () => {
  // f32x4.relaxed_madd and f64x2.relaxed_madd
  expect(relaxedSimd.binary).toContain("fd8502");
  expect(relaxedSimd.binary).toContain("fd8702");
});

function numbers(dtype: FloatDType, length: number, seed: number, zeros = 0): FloatData {
  const data = allocate(dtype, length);
  data.set(normals(seed, length).map((z, i) => ((i * 7919) % 100 < 100 * zeros ? 0 : z)));
  return data;
}

function product(a: FloatData, b: FloatData, m: number, k: number, n: number, transposed: boolean[]) {
  const out = allocate(a instanceof Float32Array ? "float32" : "float64", m * n);
  kernels().matmul(out, a, b, m, k, n, transposed[0], transposed[1], false);
  return out;
}

const forms = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
];

describe("products", () => {
  beforeAll(() => useEngine(relaxedSimd));

  it.each([
    ["float32", 2 ** -24],
    ["float64", 2 ** -53],
  ] as const)("in %s are the scalar engine's but for rounding", (dtype, unit) => {
    expect(engine()).toBe("wasm-relaxed");
    for (const [m, k, n] of [
      [0, 3, 2],
      [1, 1, 1],
      [1, 17, 33],
      [2, 5, 4],
      [3, 300, 17],
      [4, 4, 8],
      [5, 600, 9],
      [17, 257, 11],
      [64, 64, 70],
    ]) {
      for (const zeros of [0, 0.8]) {
        const [a, b] = [numbers(dtype, m * k, 1, zeros), numbers(dtype, k * n, 2)];
        for (const form of forms) {
          useEngine(relaxedSimd);
          const relaxed = product(a, b, m, k, n, form);
          useEngine("scalar");
          const exact = product(a, b, m, k, n, form);
          const sizes = product(a.map(Math.abs), b.map(Math.abs), m, k, n, form);
          // A sum of k products, rounded at most twice a term, is off by at most k + 1 units of Σ |a·b|; so is the other.
          const off = relaxed.findIndex(
            (sum, i) => !(Math.abs(sum - exact[i]) <= 2 * (k + 1) * unit * sizes[i]),
          );
          expect(off, `${[m, k, n]} ${form}`).toBe(-1);
        }
      }
    }
    useEngine(relaxedSimd);
  });

  it.each([
    ["float32", 2 ** -12],
    ["float64", 2 ** -27],
  ] as const)("in %s are the same at every place, for any number of rows and columns", (dtype, d) => {
    // −(1 + 2d)·1 + (1 + d)·(1 + d) is d² if it is rounded once, and 0 if twice.
    const found = new Set<number>();
    for (const m of [1, 2, 3, 4, 5, 17, 64]) {
      for (const n of [1, 2, 3, 4, 5, 9, 17, 35]) {
        // Zeros enough for the kernel that lists the others, or none.
        for (const k of [2, 64]) {
          const [a, b] = [allocate(dtype, m * k), allocate(dtype, k * n)];
          for (let i = 0; i < m; i++) a.set([-(1 + 2 * d), 1 + d], i * k);
          b.fill(1, 0, n).fill(1 + d, n, 2 * n);
          for (const sum of product(a, b, m, k, n, forms[0])) found.add(sum);
        }
      }
    }
    expect(found.size).toBe(1);
    expect([0, d * d]).toContain([...found][0]);
  });

  it("are the same to the bit on one thread and on two", async () => {
    const [m, k, n] = [301, 130, 71];
    for (const dtype of ["float32", "float64"] as const) {
      const [a, b] = [numbers(dtype, m * k, 1), numbers(dtype, k * n, 2)];
      useThreads(1);
      const alone = product(a, b, m, k, n, forms[0]);
      useThreads(2);
      // A worker takes its time to start.
      for (let round = 0; round < 20; round++) {
        expect(Buffer.compare(bytes(product(a, b, m, k, n, forms[0])), bytes(alone))).toBe(0);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
    useThreads(1);
  });
});

const bytes = (data: FloatData) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
