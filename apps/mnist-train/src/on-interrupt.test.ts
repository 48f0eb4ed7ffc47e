import { afterEach, expect, it, vi } from "vitest";
import { INTERRUPTED, onInterrupt } from "./on-interrupt.js";

const before = process.listenerCount("SIGINT");
const round = () => new Promise((resolve) => setImmediate(resolve));
afterEach(() => vi.restoreAllMocks());

it("the first SIGINT ends in order, and leaves the second to the system", async () => {
  const exit = vi.spyOn(process, "exit").mockReturnValue(undefined as never);
  const first = vi.fn();
  onInterrupt(first);
  process.emit("SIGINT", "SIGINT");
  await round();
  expect(first).toHaveBeenCalledTimes(1);
  expect(exit).not.toHaveBeenCalled();
  expect(process.listenerCount("SIGINT")).toBe(before);
});

it("a second one that came before the first was heard of ends the process at once", async () => {
  const exit = vi.spyOn(process, "exit").mockReturnValue(undefined as never);
  onInterrupt(() => {});
  process.emit("SIGINT", "SIGINT");
  process.emit("SIGINT", "SIGINT");
  expect(exit).toHaveBeenCalledWith(INTERRUPTED);
  await round();
});

it("listens no more once it is taken away", () => {
  onInterrupt(() => {})();
  expect(process.listenerCount("SIGINT")).toBe(before);
});
