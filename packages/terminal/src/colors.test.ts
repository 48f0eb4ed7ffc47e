import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { colorsFor } from "./colors.js";

beforeEach(() => {
  vi.stubEnv("NO_COLOR", undefined);
  vi.stubEnv("TERM", "xterm-256color");
});
afterEach(() => vi.unstubAllEnvs());

it("is for terminals alone", () => {
  expect(colorsFor({ isTTY: true }).red("text")).toBe("\x1b[31mtext\x1b[39m");
  expect(colorsFor({ isTTY: false }).red("text")).toBe("text");
  expect(colorsFor({}).red("text")).toBe("text");
});

it.each([
  ["NO_COLOR", "1"],
  ["TERM", "dumb"],
])("is not for a terminal with %s=%s", (name, value) => {
  vi.stubEnv(name, value);
  expect(colorsFor({ isTTY: true }).red("text")).toBe("text");
});
