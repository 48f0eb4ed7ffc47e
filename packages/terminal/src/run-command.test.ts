import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { BadInput } from "./bad-input.js";
import { runCommand } from "./run-command.js";

let said: string;
const listeners = (stream: NodeJS.WriteStream) => stream.listeners("error") as (() => void)[];
const before = { stdout: listeners(process.stdout), stderr: listeners(process.stderr) };

beforeEach(() => {
  said = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  for (const name of ["stdout", "stderr"] as const) {
    for (const listener of listeners(process[name])) {
      if (!before[name].includes(listener)) process[name].off("error", listener);
    }
  }
});

it("ends with the code that main returns", async () => {
  await runCommand("tool", async () => 1);
  expect({ code: process.exitCode, said }).toEqual({ code: 1, said: "" });
});

it("says bad input on one line: 2", async () => {
  await runCommand("tool", () => {
    throw new BadInput("--rows must be\n1");
  });
  expect({ code: process.exitCode, said }).toEqual({ code: 2, said: "tool: --rows must be 1\n" });
});

it("says where the program itself failed: 70, which no verdict has", async () => {
  await runCommand("tool", () => Promise.reject(new Error("a mistake")));
  expect(process.exitCode).toBe(70);
  expect(said).toMatch(/^tool: Error: a mistake\n +at .*run-command\.test\.ts/);
});
