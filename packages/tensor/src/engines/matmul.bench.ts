import { bench, describe } from "vitest";
import { Random } from "../random.js";
import { scalar } from "./scalar.js";
import { type Instance, instantiate } from "./wasm/instantiate.js";
import { wasmEngine } from "./wasm.js";

const instance = instantiate() as Instance;
const engine = wasmEngine(instance);
const wasm = engine.kernels;
const rng = new Random(1);
/** Where parameters and activations are. */
function numbers(length: number, zeros: number): Float32Array {
  const data = engine.storage("float32", length) as Float32Array;
  for (let i = 0; i < length; i++) data[i] = rng.uniform() < zeros ? 0 : rng.uniform() - 0.5;
  return data;
}

/** The inner loop alone, on tiles in the first-level cache, for as many operations as the product has. */
function bareKernel(m: number, k: number, n: number): void {
  const depth = 256;
  const calls = Math.ceil((m * k * n) / (4 * 8 * depth));
  for (let i = 0; i < calls; i++) instance.exports.multiplyTileFloat32(131_072, 32, 139_264, 147_456, depth);
}

const products = [
  { of: "1024³", m: 1024, k: 1024, n: 1024, transposeA: false, transposeB: false, zeros: 0 },
  { of: "x·W, 784 → 256", m: 128, k: 784, n: 256, transposeA: false, transposeB: false, zeros: 0 },
  { of: "x·W of digits", m: 128, k: 784, n: 256, transposeA: false, transposeB: false, zeros: 0.81 },
  { of: "xᵀ·dy of digits", m: 784, k: 128, n: 256, transposeA: true, transposeB: false, zeros: 0.81 },
  { of: "x·W, 256 → 128", m: 128, k: 256, n: 128, transposeA: false, transposeB: false, zeros: 0 },
  { of: "xᵀ·dy, 256 → 128", m: 256, k: 128, n: 128, transposeA: true, transposeB: false, zeros: 0 },
  { of: "dy·Wᵀ, 256 → 128", m: 128, k: 128, n: 256, transposeA: false, transposeB: true, zeros: 0 },
  { of: "x·W, 128 → 10", m: 128, k: 128, n: 10, transposeA: false, transposeB: false, zeros: 0 },
  { of: "xᵀ·dy, 128 → 10", m: 128, k: 128, n: 10, transposeA: true, transposeB: false, zeros: 0 },
  { of: "dy·Wᵀ, 128 → 10", m: 128, k: 10, n: 128, transposeA: false, transposeB: true, zeros: 0 },
  { of: "x·W of one row", m: 1, k: 784, n: 256, transposeA: false, transposeB: false, zeros: 0 },
] as const;

for (const { of, m, k, n, transposeA, transposeB, zeros } of products) {
  describe(`${of}: hz / hz of the bare kernel is the part of its speed that is left`, () => {
    const a = numbers(m * k, zeros);
    const b = numbers(k * n, 0);
    const out = numbers(m * n, 0);
    const time = { time: 300, warmupTime: 100 };
    wasm.matmul(out, a, b, m, k, n, transposeA, transposeB, false);
    bench("bare kernel", () => bareKernel(m, k, n), time);
    bench("wasm", () => wasm.matmul(out, a, b, m, k, n, transposeA, transposeB, false), time);
    if (m < 1024) {
      bench("scalar", () => scalar.matmul(out, a, b, m, k, n, transposeA, transposeB, false), time);
    }
  });
}
