import { normals, uniforms } from "testing";
import { describe, expect, it } from "vitest";
import { allocate, type FloatDType } from "../dtype.js";
import { scalar } from "./scalar.js";
import type { Exports } from "./wasm/exports.js";
import { instantiate } from "./wasm/instantiate.js";
import { wasmEngine } from "./wasm.js";

const module = instantiate() as Exports;

/** The module's functions, each counted when it is called. */
function counted(exports: Exports) {
  const calls: Record<string, number> = {};
  const wrapped = Object.fromEntries(
    Object.entries(exports).map(([name, value]) => [
      name,
      typeof value !== "function"
        ? value
        : (...parameters: unknown[]) => {
            calls[name] = (calls[name] ?? 0) + 1;
            return value(...parameters);
          },
    ]),
  );
  return { exports: wrapped as unknown as Exports, calls };
}

function numbers(dtype: FloatDType, length: number, seed: number, zeros = 0) {
  const data = allocate(dtype, length);
  const chances = uniforms(seed + 1, length);
  data.set(normals(seed, length).map((z, i) => (chances[i] < zeros ? 0 : z)));
  return data;
}

describe("matmul", () => {
  const { exports, calls } = counted(module);
  const wasm = wasmEngine(exports);

  /** Both engines' products of the same operands, for each transpose form, written and added. */
  function expectSameBits(dtype: FloatDType, m: number, k: number, n: number, zeros: number) {
    const a = numbers(dtype, m * k, 1, zeros);
    const b = numbers(dtype, k * n, 2);
    for (const [transposeA, transposeB] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ]) {
      for (const accumulate of [false, true]) {
        const expected = numbers(dtype, m * n, 3);
        const out = expected.slice();
        scalar.matmul(expected, a, b, m, k, n, transposeA, transposeB, accumulate);
        wasm.matmul(out, a, b, m, k, n, transposeA, transposeB, accumulate);
        expect(out, `${dtype} ${[m, k, n]} ${[transposeA, transposeB, accumulate]}`).toEqual(expected);
      }
    }
  }

  it.each(["float32", "float64"] as const)("is the scalar engine's in %s, bit for bit", (dtype) => {
    const sizes = [0, 1, 2, 3, 4, 5, 17];
    for (const m of sizes) for (const k of sizes) for (const n of sizes) expectSameBits(dtype, m, k, n, 0.2);
    // Beyond one block of k, and with zeros enough for the kernel that lists them.
    for (const [m, k, n] of [
      [5, 600, 9],
      [37, 257, 33],
      [64, 256, 64],
      [33, 300, 70],
    ]) {
      for (const zeros of [0, 0.5, 0.8, 1]) expectSameBits(dtype, m, k, n, zeros);
    }
    expect(calls[`matmul${dtype === "float32" ? "Float32" : "Float64"}`]).toBeGreaterThan(2000);
  });

  it("multiplies zeros with NaN and infinities where there are any", () => {
    const [m, k, n] = [64, 64, 64];
    for (const dtype of ["float32", "float64"] as const) {
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        // In the vectors, and in what is left after them.
        for (const at of [0, 1, 2, 3, k * n - 1]) {
          const b = numbers(dtype, k * n, 2);
          b[at] = bad;
          const out = allocate(dtype, m * n);
          wasm.matmul(out, allocate(dtype, m * k), b, m, k, n, false, false, false);
          expect([...out]).toEqual([...out].map((_, i) => (i % n === at % n ? Number.NaN : 0)));
        }
      }
    }
  });

  it("a sum that begins at −0 is 0, whatever is skipped", () => {
    for (const zeros of [0, 1]) {
      const out = new Float32Array(64 * 64).fill(-0);
      const a = new Float32Array(64 * 64).fill(1 - zeros);
      wasm.matmul(out, a, new Float32Array(64 * 64), 64, 64, 64, false, false, true);
      expect(out.every((value) => Object.is(value, 0))).toBe(true);
    }
  });

  it("is the scalar engine's where memory can't grow", () => {
    const full = { ...counted(module).exports, memory: { buffer: new ArrayBuffer(0), grow: refuse } };
    const a = numbers("float32", 12, 1);
    const b = numbers("float32", 20, 2);
    const [out, expected] = [new Float32Array(15), new Float32Array(15)];
    wasmEngine(full).matmul(out, a, b, 3, 4, 5, false, false, false);
    scalar.matmul(expected, a, b, 3, 4, 5, false, false, false);
    expect(out).toEqual(expected);
  });
});

function refuse(): never {
  throw new RangeError("WebAssembly.Memory.grow(): Maximum memory size exceeded");
}
