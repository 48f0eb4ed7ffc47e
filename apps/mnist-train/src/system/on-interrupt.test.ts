import { afterEach, expect, it, vi } from "vitest";
import { onInterrupt } from "./on-interrupt.js";

const before = process.listenerCount("SIGINT");
const round = () => new Promise((resolve) => setImmediate(resolve));
afterEach(() => vi.restoreAllMocks());

it("the first SIGINT ends in order, and leaves the second to the system", async () => {
  const kill = vi.spyOn(process, "kill").mockReturnValue(true);
  const first = vi.fn();
  onInterrupt(first);
  process.emit("SIGINT", "SIGINT");
  await round();
  expect(first).toHaveBeenCalledTimes(1);
  expect(kill).not.toHaveBeenCalled();
  expect(process.listenerCount("SIGINT")).toBe(before);
});

it("a second one that came before the first was heard of ends the process at once", async () => {
  const kill = vi.spyOn(process, "kill").mockReturnValue(true);
  onInterrupt(() => {});
  process.emit("SIGINT", "SIGINT");
  process.emit("SIGINT", "SIGINT");
  expect(kill).toHaveBeenCalledWith(process.pid, "SIGINT");
  expect(process.listenerCount("SIGINT")).toBe(before);
  await round();
});

it("listens no more once it is taken away", () => {
  onInterrupt(() => {})();
  expect(process.listenerCount("SIGINT")).toBe(before);
});
