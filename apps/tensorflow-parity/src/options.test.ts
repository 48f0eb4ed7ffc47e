import { BadInput } from "terminal";
import { describe, expect, it } from "vitest";
import { parseOptions } from "./options.js";

it("by default compares for people", () => {
  expect(parseOptions([])).toEqual({ kind: "comparison", json: false });
  expect(parseOptions(["--json"])).toEqual({ kind: "comparison", json: true });
  expect(parseOptions(["--stages", "4"])).toEqual({ kind: "stages", rows: 4, json: false });
  expect(parseOptions(["--stages", "32", "--json"])).toEqual({ kind: "stages", rows: 32, json: true });
});

it("--help lists the options and the exit codes", () => {
  const request = parseOptions(["--help"]);
  if (request.kind !== "help") throw new Error("no help");
  for (const text of ["--json", "--stages <rows>", "Exit code: 0", "1", "2"]) {
    expect(request.text).toContain(text);
  }
  expect(Math.max(...request.text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
});

describe("bad options: one line that says what is wrong", () => {
  it.each([
    [["--stages", "3"], "option '--stages <rows>' must be one of 1, 2, 4, 32, got '3'"],
    [["--stages"], "option '--stages <rows>' argument missing"],
    [["--jsn"], "unknown option '--jsn' (Did you mean --json?)"],
    [["4"], "expected options alone, got '4' (--help lists them)"],
  ])("%j", (args, message) => {
    expect(() => parseOptions(args)).toThrow(new BadInput(message));
  });
});
