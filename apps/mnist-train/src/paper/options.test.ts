import { BadInput } from "terminal";
import { describe, expect, it } from "vitest";
import { type PaperOptions, parsePaperOptions } from "./options.js";
import type { PaperSettings } from "./settings.js";

function options(...args: string[]): PaperOptions {
  const request = parsePaperOptions(args);
  if (request.kind !== "paper") throw new Error("no figure was asked for");
  return request.options;
}

describe("what is asked for", () => {
  it("is a tenth of the paper's steps without any option", () => {
    expect(options()).toEqual({
      settings: { data: null, steps: 5000, learningRate: 0.1, weightScale: 0.1, gridSteps: 600, seed: 1 },
      out: "runs/paper",
      json: false,
      quiet: false,
      open: false,
    });
  });

  it.each<[args: string, settings: Partial<PaperSettings>]>([
    ["--steps 50000", { steps: 50_000 }],
    ["--data ./mnist", { data: "./mnist" }],
    ["--lr 1e-2", { learningRate: 0.01 }],
    ["--weight-scale .3", { weightScale: 0.3 }],
    ["--grid-steps 0", { gridSteps: 0 }],
    ["--seed 0", { seed: 0 }],
  ])("%s", (args, settings) => {
    expect(options(...args.split(" "))).toEqual({
      ...options(),
      settings: { ...options().settings, ...settings },
    });
  });

  it("is where and how to tell", () => {
    expect(options("--out", "a b", "--json", "--quiet", "--open")).toEqual({
      ...options(),
      out: "a b",
      json: true,
      quiet: true,
      open: true,
    });
  });
});

it.each([
  ["--steps 0", '--steps must be an integer of at least 1, got "0"'],
  ["--steps 1.5", '--steps must be an integer of at least 1, got "1.5"'],
  ["--lr 0", '--lr must be a positive number, got "0"'],
  ["--lr 1e999", '--lr must be a positive number, got "1e999"'],
  ["--weight-scale -1", '--weight-scale must be a positive number, got "-1"'],
  ["--grid-steps -1", '--grid-steps must be an integer of at least 0, got "-1"'],
  ["--seed x", '--seed must be an integer from 0 to 4294967295, got "x"'],
  ["--out=", '--out must be the path of a folder, got ""'],
  ["--data=", '--data must be the path of a folder, got ""'],
  ["50000", 'expected options alone, got "50000" (paper --help lists them)'],
  ["--epochs 3", "unknown option '--epochs'"],
])("%s is refused in one line", (args, message) => {
  expect(() => parsePaperOptions(args.split(" "))).toThrow(new BadInput(message));
});

it("--help lists the options, and says what the paper leaves open", () => {
  const request = parsePaperOptions(["--help"]);
  expect(request.kind === "help" && request.text).toMatch(
    /What it does not:\s+--lr <rate> .*--weight-scale/s,
  );
});
