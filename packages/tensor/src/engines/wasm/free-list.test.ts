import fc from "fast-check";
import { propertyRuns } from "testing";
import { expect, it } from "vitest";
import { FreeList } from "./free-list.js";

it("takes from the first part that is large enough", () => {
  const free = new FreeList();
  expect(free.take(1)).toBeUndefined();
  free.give(100, 50);
  free.give(0, 20);
  expect(free.take(30)).toBe(100);
  expect(free.take(20)).toBe(0);
  expect(free.take(21)).toBeUndefined();
  expect(free.take(20)).toBe(130);
  expect(free.take(1)).toBeUndefined();
});

it("joins neighbours on either side", () => {
  const free = new FreeList();
  for (const start of [0, 20, 10]) free.give(start, 10);
  expect(free.take(30)).toBe(0);
});

it("whatever is taken and given back: parts never overlap, and all of them together are the whole again", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 400 })), { maxLength: 60 }),
      (acts) => {
        const free = new FreeList();
        free.give(16, 1000);
        const taken: { start: number; bytes: number }[] = [];
        for (const [takes, number] of acts) {
          if (takes) {
            const start = free.take(number);
            if (start === undefined) continue;
            expect(start).toBeGreaterThanOrEqual(16);
            expect(start + number).toBeLessThanOrEqual(1016);
            for (const other of taken) {
              expect(start + number <= other.start || other.start + other.bytes <= start).toBe(true);
            }
            taken.push({ start, bytes: number });
          } else if (taken.length > 0) {
            const [{ start, bytes }] = taken.splice(number % taken.length, 1);
            free.give(start, bytes);
          }
        }
        for (const { start, bytes } of taken) free.give(start, bytes);
        expect(free.take(1000)).toBe(16);
      },
    ),
    propertyRuns(200),
  );
});
