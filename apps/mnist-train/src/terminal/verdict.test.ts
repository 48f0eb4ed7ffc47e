import { stripVTControlCharacters } from "node:util";
import type { Check, LayerFault, Verdict } from "@handgrad/bn-doctor";
import { evidenceText } from "laboratory";
import pc from "picocolors";
import { describe, expect, it } from "vitest";
import { verdictText } from "./verdict.js";

const plain = pc.createColors(false);
const passed: Check = {
  id: "train-forward",
  passed: true,
  value: 0.04532,
  bound: 1,
  meaning: "The output is right. More about it.",
};
const failed: Check = {
  id: "train-eval-gap",
  passed: false,
  value: 123_456,
  bound: 1.5,
  meaning: "The losses are far apart. That says something.",
};
const open: Check = {
  id: "finite",
  passed: "inconclusive",
  value: null,
  bound: null,
  meaning: "Not judged: there are too few steps. Train longer.",
};
const broken: Check = {
  id: "finite",
  passed: false,
  value: 11,
  bound: null,
  meaning: "Training broke down at step 11.",
};
const verdict = (...checks: Check[]): Verdict => ({
  healthy: checks.every((check) => check.passed !== false),
  checks,
  faults: [],
});
const named = (id: LayerFault["id"], grade: LayerFault["grade"], layer: number): LayerFault => ({
  id,
  grade,
  status: "present",
  layer: `layer ${layer} (BatchNorm)`,
  meaning: "Training never updates the running mean or variance.",
  evidence: {
    input: "after a training pass over 2 rows, from a pair of zeros",
    what: "popMean[0]",
    expected: 0.123456,
    seen: 0,
  },
  repair:
    "Update the running pair: after each training pass popMean = decay·popMean + (1 − decay)·μ and popVar = decay·popVar + (1 − decay)·σ².",
});
const withFaults = (judged: Verdict, ...faults: LayerFault[]): Verdict => ({
  healthy: judged.healthy && faults.every(({ grade }) => grade === "fragile"),
  checks: judged.checks,
  faults,
});
const linesOf = (judged: Verdict, columns = 80) => verdictText(judged, columns, plain).split("\n");

describe("the headline", () => {
  it.each([
    [[passed], "Batch norm behaves."],
    [[passed, open], "Batch norm behaves. 1 of 2 checks could not be judged."],
    [[passed, failed, open], "Batch norm does not behave: 1 of 3 checks failed."],
    [[failed, failed], "Batch norm does not behave: 2 of 2 checks failed."],
    [
      [passed, broken, open],
      "Training broke down; the checks that could be made found no fault in batch norm.",
    ],
    [[failed, broken], "Batch norm does not behave: 2 of 2 checks failed."],
  ])("%#", (checks, headline) => {
    expect(linesOf(verdict(...checks))[0]).toBe(headline);
  });
});

describe("the headline with faults that have a name", () => {
  const wrong = named("stats-never-updated", "wrong", 1);
  const convention = named("decay-inverted", "convention", 1);
  const fragile = named("variance-cancellation", "fragile", 1);
  it.each([
    [[passed, failed], [wrong], "Batch norm does not behave: stats-never-updated."],
    [
      [passed],
      [fragile, convention, wrong],
      "Batch norm does not behave: decay-inverted, stats-never-updated.",
    ],
    [[passed, failed], [fragile], "Batch norm does not behave: 1 of 2 checks failed."],
    [[passed, broken], [fragile], "Training broke down, and batch norm is fragile: variance-cancellation."],
    [[passed], [fragile], "Batch norm behaves, but is fragile: variance-cancellation."],
    [
      [passed, open],
      [fragile],
      "Batch norm behaves, but is fragile: variance-cancellation. 1 of 2 checks could",
    ],
  ])("%#", (checks, faults, headline) => {
    expect(linesOf(withFaults(verdict(...checks), ...faults))[0]).toBe(headline);
  });
});

it("a named fault stands first, once for its layers, with the number that shows it and the repair", () => {
  const judged = withFaults(
    verdict(passed, failed),
    named("variance-cancellation", "fragile", 1),
    named("stats-never-updated", "wrong", 1),
    named("stats-never-updated", "wrong", 4),
  );
  expect(`\n${verdictText(judged, 80, plain)}\n`).toBe(`
Batch norm does not behave: stats-never-updated.
  ✗ stats-never-updated
      in layer 1 (BatchNorm), layer 4 (BatchNorm)
      Training never updates the running mean or variance.
      After a training pass over 2 rows, from a pair of zeros, popMean[0] is 0;
      expected: 0.123.
      Repair: Update the running pair: after each training pass popMean =
      decay·popMean + (1 − decay)·μ and popVar = decay·popVar + (1 − decay)·σ².
  ! variance-cancellation (fragile: harms on some inputs alone)
      in layer 1 (BatchNorm)
      Training never updates the running mean or variance.
      After a training pass over 2 rows, from a pair of zeros, popMean[0] is 0;
      expected: 0.123.
      Repair: Update the running pair: after each training pass popMean =
      decay·popMean + (1 − decay)·μ and popVar = decay·popVar + (1 − decay)·σ².

Figure and bound of each check; where the bound is 1, it is the error that
rounding explains.
  ✓ train-forward   0.0453 ≤ 1
      The output is right.
  ✗ train-eval-gap  1.23e5 > 1.5
      The losses are far apart. That says something.
`);
});

it.each([
  [{ expected: 0.5, seen: 0.25 }, "y is 0.25; expected: 0.5."],
  [{ expected: 0.5, seen: 0.500_01 }, "y is 0.50001; expected: 0.5."],
  [{ expected: "an error", seen: 2 }, "y is 2; expected: an error."],
  [{ expected: 0, seen: Number.NaN }, "y is NaN; expected: 0."],
])("the evidence has the digits that tell the numbers apart: %j", (numbers, text) => {
  expect(evidenceText({ input: "on a batch", what: "y", ...numbers })).toBe(`On a batch, ${text}`);
});

describe("a check", () => {
  const lines = linesOf(verdict(passed, failed, open));
  const after = (start: string) => lines.slice(lines.findIndex((line) => line.startsWith(start))).slice(0, 2);

  it("that passed has its figure, its bound and one sentence", () => {
    expect(after("  ✓")).toEqual(["  ✓ train-forward   0.0453 ≤ 1", "      The output is right."]);
  });

  it("that failed says all it has to say", () => {
    expect(after("  ✗")).toEqual([
      "  ✗ train-eval-gap  1.23e5 > 1.5",
      "      The losses are far apart. That says something.",
    ]);
  });

  it("that could not be judged says why", () => {
    expect(after("  ?")).toEqual(["  ? finite", "      Not judged: there are too few steps. Train longer."]);
  });

  it.each([
    [0, "0 ≤ 1"],
    [0.000_05, "5.00e-5 ≤ 1"],
    [0.123_456, "0.123 ≤ 1"],
    [Number.MAX_VALUE, "1.80e308 > 1"],
    [-3, "-3 ≤ 1"],
    [1.0004, "1.0004 > 1"],
  ])("writes %d as %s", (value, figures) => {
    expect(linesOf(verdict({ ...passed, value })).join("\n")).toContain(`train-forward  ${figures}\n`);
  });

  it("without a bound has a step", () => {
    const [check] = [{ ...failed, id: "finite", value: 12, bound: null } as const];
    expect(linesOf(verdict(check))).toContain("  ✗ finite  step 12");
  });
});

it.each([40, 60, 80, 300])("fits %d columns, and no more than 100 of them", (columns) => {
  const long = { ...failed, meaning: "word ".repeat(60).trim() };
  const lines = linesOf(verdict(passed, long, open), columns);
  const text = lines.slice(1);
  expect(text.filter((line) => line.length > Math.min(columns, 100))).toEqual([]);
  expect(text.join(" ").match(/word/g)).toHaveLength(60);
});

it("in colour says the same: green, red and yellow", () => {
  const judged = verdict(passed, failed, open);
  const colored = verdictText(judged, 80, pc.createColors(true));
  for (const mark of ["\x1b[32m✓", "\x1b[31m✗", "\x1b[33m?"]) expect(colored).toContain(mark);
  expect(stripVTControlCharacters(colored)).toBe(verdictText(judged, 80, plain));
});
