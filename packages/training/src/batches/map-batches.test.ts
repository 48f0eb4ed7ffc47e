import { describe, expect, it } from "vitest";
import { mapBatches } from "./map-batches.js";

describe("mapBatches", () => {
  it("transforms on every pass, and only what is asked for", () => {
    let calls = 0;
    const doubled = mapBatches([1, 2, 3], (x) => {
      calls++;
      return 2 * x;
    });
    expect(calls).toBe(0);
    for (const first of doubled) {
      expect(first).toBe(2);
      break;
    }
    expect(calls).toBe(1);
    expect([...doubled]).toEqual([2, 4, 6]);
    expect([...doubled]).toEqual([2, 4, 6]);
  });

  it("waits for an asynchronous source and for a promise", async () => {
    const source = {
      async *[Symbol.asyncIterator]() {
        yield* [1, 2];
      },
    };
    const seen: number[] = [];
    for await (const x of mapBatches(source, async (x) => 2 * x)) seen.push(x);
    for await (const x of mapBatches(source, (x) => 3 * x)) seen.push(x);
    expect(seen).toEqual([2, 4, 3, 6]);
  });
});
