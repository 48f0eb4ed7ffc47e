import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, expect, it, vi } from "vitest";
import { type Instance, instantiate } from "./instantiate.js";
import { LinearMemory } from "./linear-memory.js";
import { Threads } from "./threads.js";

const start = (shared = true) => {
  const instance = instantiate(shared) as Instance;
  return { instance, memory: new LinearMemory(instance, new Threads(instance)) };
};

afterEach(() => vi.unstubAllGlobals());

it("storage is zeros in the memory, and each array has a place of its own", () => {
  const { instance, memory } = start();
  const [a, b] = [memory.storage("float32", 5), memory.storage("float64", 3)];
  expect([a, b]).toEqual([new Float32Array(5), new Float64Array(3)]);
  expect(a?.buffer).toBe(instance.memory.buffer);
  a?.fill(1);
  b?.fill(2);
  expect([...(a ?? []), ...(b ?? [])]).toEqual([1, 1, 1, 1, 1, 2, 2, 2]);
  expect(memory.addressOf(a as Float32Array)).toBe(a?.byteOffset);
  expect(memory.addressOf(new Float32Array(1))).toBeUndefined();
});

it("storage outlives the growth of memory, and is told from other arrays over the same bytes", () => {
  const { instance, memory } = start();
  const kept = memory.storage("float32", 4) as Float32Array;
  kept.fill(7);
  const before = instance.memory.buffer.byteLength;
  expect(memory.reserve([8 * before])).toBeDefined();
  expect(instance.memory.buffer.byteLength).toBeGreaterThan(8 * before);
  kept[1] = 8;
  expect([...kept]).toEqual([7, 8, 7, 7]);
  expect(new Float32Array(instance.memory.buffer, kept.byteOffset, 4)[1]).toBe(8);
  // A kernel may write a whole last vector, which is another's within a view.
  expect(memory.addressOf(kept.subarray(0, 3))).toBeUndefined();
  expect(memory.addressOf(memory.part("float32", kept, 3))).toBe(kept.byteOffset);
});

it("there is no storage in a memory that is not shared: growth would take it away", () => {
  const { instance, memory } = start(false);
  expect(instance.memory.buffer).toBeInstanceOf(ArrayBuffer);
  expect(memory.storage("float32", 4)).toBeUndefined();
});

it("memory is unshared where the runtime has no SharedArrayBuffer", () => {
  vi.stubGlobal("SharedArrayBuffer", undefined);
  // @ts-expect-error: as in a page that is not cross-origin isolated
  delete globalThis.SharedArrayBuffer;
  expect(instantiate()?.shared).toBe(false);
});

it("storage is given back when nobody holds it or a part of it", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  const settled = async () => {
    for (let i = 0; i < 3; i++) {
      collectGarbage();
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  };
  const { memory } = start();
  const take = () => memory.storage("float32", 1000) as Float32Array;
  const address = (() => take().byteOffset)();
  await settled();
  expect(take().byteOffset).toBe(address);
  await settled();

  const views = [take().subarray(10, 20).subarray(2, 4), memory.part("float32", take(), 3)];
  for (const view of views) view.fill(5);
  await settled();
  for (let i = 0; i < 4; i++) take().fill(9);
  expect(views.map((view) => [...view])).toEqual([
    [5, 5],
    [5, 5, 5],
  ]);
});
