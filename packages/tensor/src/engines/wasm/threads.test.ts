import { Worker } from "node:worker_threads";
import { normals } from "testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { scalar } from "../scalar.js";
import { wasmEngine } from "../wasm.js";
import { CONTROL_WORDS, COUNT_BITS, DONE, JOB } from "./control.js";
import { type Instance, instantiate } from "./instantiate.js";
import { Threads } from "./threads.js";

afterEach(() => vi.unstubAllGlobals());

/** An instance whose functions count what this thread does. */
function counting() {
  const instance = instantiate() as Instance;
  let own = 0;
  const exports = Object.fromEntries(
    Object.entries(instance.exports).map(([name, call]) => [
      name,
      (...parameters: number[]) => {
        own++;
        return Reflect.apply(call, undefined, parameters);
      },
    ]),
  ) as unknown as Instance["exports"];
  return { instance: { ...instance, exports }, own: () => own };
}

const soon = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Calls that take a thread some time, and leave 1 at as many places. */
function work(threads: Threads, at: number, calls: number): void {
  const { exports } = threads;
  threads.together(() => {
    for (let i = 0; i < calls; i++) exports.clearFloat32(at + i * 40_000, 10_000);
  });
}

it("workers do a part of the work, and all of it is done when the call returns", async () => {
  const { instance, own } = counting();
  instance.memory.grow(20);
  const threads = new Threads(instance);
  threads.limit = 3;
  const floats = new Float32Array(instance.memory.buffer, 262_144);
  let shared = 0;
  for (let round = 0; round < 400 && shared === 0; round++) {
    const before = own();
    floats.fill(1, 0, 200_000);
    work(threads, 262_144, 20);
    expect(floats.subarray(0, 200_000).every((x) => x === 0)).toBe(true);
    shared = 20 - (own() - before);
    if (round > 50) await soon(5);
  }
  expect(shared).toBeGreaterThan(0);
  threads.limit = 1;
});

it("until workers are up, and where there can be none, this thread does everything", () => {
  const { instance, own } = counting();
  instance.memory.grow(20);
  const threads = new Threads(instance);
  threads.limit = 4;
  vi.stubGlobal("process", undefined);
  vi.stubGlobal("Worker", undefined);
  work(threads, 262_144, 20);
  expect(own()).toBe(20);
  expect(threads.limit).toBe(1);
});

it("an error of the module reaches the caller, who finds the threads as they were", () => {
  const { instance } = counting();
  const threads = new Threads(instance);
  threads.limit = 2;
  expect(() => work(threads, 2 ** 31, 4)).toThrow(/out of bounds|kernel failed/);
  expect(() => threads.together(() => undefined)).not.toThrow();
  threads.limit = 1;
});

it("a worker that dies in the middle of its work is an error, and then there is one thread", async () => {
  const { instance, own } = counting();
  instance.memory.grow(20);
  const threads = new Threads(instance, 100);
  threads.limit = 2;
  // It takes the job's first call, and ends.
  const source = `
    const { workerData, parentPort } = require("node:worker_threads");
    const control = new Int32Array(workerData, 0, ${CONTROL_WORDS});
    parentPort.postMessage("up");
    for (;;) {
      const job = Atomics.load(control, ${JOB});
      const open = (job & ${2 ** COUNT_BITS - 1}) < ((job >>> ${COUNT_BITS}) & ${2 ** COUNT_BITS - 1});
      if (open && Atomics.compareExchange(control, ${JOB}, job, job + 1) === job) break;
    }`;
  const thief = new Worker(source, { eval: true, workerData: instance.memory.buffer });
  await new Promise((resolve) => thief.once("message", resolve));
  await soon(20);
  expect(() => {
    // Until it has come to take one.
    for (let i = 0; i < 10_000; i++) work(threads, 262_144, 20);
  }).toThrow("threads: a worker stopped in the middle of its work; from now on there is one thread");
  expect(threads.limit).toBe(1);
  const before = own();
  work(threads, 262_144, 20);
  expect(own() - before).toBe(20);
  await thief.terminate();
});

it("a stale count of what is done does not end a job early", () => {
  const { instance } = counting();
  const control = new Int32Array(instance.memory.buffer, 0, CONTROL_WORDS);
  instance.memory.grow(20);
  const threads = new Threads(instance);
  threads.limit = 2;
  for (let i = 0; i < 500; i++) work(threads, 262_144, 2);
  expect(Atomics.load(control, DONE)).toBe(2);
  threads.limit = 1;
});

describe.each([2, 3, 5])("on %i threads", (count) => {
  const engine = wasmEngine(instantiate() as Instance);
  const { kernels } = engine;
  const numbers = (length: number, seed: number, zeros = 0) => {
    const data = engine.storage("float32", length) as Float32Array;
    data.set(normals(seed, length).map((z, i) => (zeros > 0 && (i * 7919) % 100 < 100 * zeros ? 0 : z)));
    return data;
  };

  it.each([
    ["more rows than columns", 300, 130, 70],
    ["more columns than rows", 70, 130, 301],
    ["one row", 1, 700, 803],
  ])("products have the scalar engine's bits: %s", (_what, m, k, n) => {
    engine.threads = count;
    for (const [transposeA, transposeB] of [
      [false, false],
      [true, false],
      [false, true],
    ]) {
      for (const zeros of [0, 0.8]) {
        const [a, b, out] = [numbers(m * k, 1, zeros), numbers(k * n, 2), numbers(m * n, 3)];
        const expected = out.slice();
        scalar.matmul(expected, a, b, m, k, n, transposeA, transposeB, true);
        kernels.matmul(out, a, b, m, k, n, transposeA, transposeB, true);
        expect(Buffer.compare(Buffer.from(out.slice().buffer), Buffer.from(expected.buffer))).toBe(0);
      }
    }
    engine.threads = 1;
  });

  it.each([
    [600, 64],
    [601, 66],
    [40, 999],
  ])("sums over rows and kernels over elements have the scalar engine's bits, [%i, %i]", (rows, columns) => {
    engine.threads = count;
    const x = numbers(rows * columns, 4);
    const dy = numbers(rows * columns, 5);
    const vectors = () => [new Float64Array(columns), new Float64Array(columns)];
    const [mean, variance] = vectors();
    const expected = vectors();
    kernels.moments(mean, variance, x, 1, rows, columns);
    scalar.moments(expected[0], expected[1], x, 1, rows, columns);
    expect([mean, variance]).toEqual(expected);
    const r = variance.map((v) => 1 / Math.sqrt(v + 1e-5));
    const [sumDy, sumDyXhat] = vectors();
    const sums = vectors();
    kernels.normalizeSums(sumDy, sumDyXhat, dy, x, mean, r, rows, columns);
    scalar.normalizeSums(sums[0], sums[1], dy, x, mean, r, rows, columns);
    expect([sumDy, sumDyXhat]).toEqual(sums);
    const [gamma, beta] = [numbers(columns, 6), numbers(columns, 7)];
    const y = numbers(rows * columns, 8);
    const expectedY = new Float32Array(rows * columns);
    kernels.normalize(y, x, mean, r, gamma, beta, rows, columns);
    scalar.normalize(expectedY, x, mean, r, gamma, beta, rows, columns);
    expect(Float32Array.from(y)).toEqual(expectedY);
    const [value, grad, velocity] = [numbers(rows * columns, 9), dy, numbers(rows * columns, 10)];
    const [ownValue, ownVelocity] = [value.slice(), velocity.slice()];
    kernels.sgdMomentum(value, grad, velocity, 0.1, 0.01, 0.9, true);
    scalar.sgdMomentum(ownValue, grad, ownVelocity, 0.1, 0.01, 0.9, true);
    expect([Float32Array.from(value), Float32Array.from(velocity)]).toEqual([ownValue, ownVelocity]);
    kernels.addRow(x, gamma, rows, columns);
    engine.threads = 1;
  });
});
