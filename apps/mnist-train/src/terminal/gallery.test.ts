import { stripVTControlCharacters } from "node:util";
import { plantableFaults } from "laboratory";
import pc from "picocolors";
import { describe, expect, it } from "vitest";
import type { Gallery, JudgedRow } from "../run/gallery.js";
import { defaults } from "../run/settings.js";
import { galleryHeadline, galleryMarkdown, galleryText } from "./gallery.js";

const plain = pc.createColors(false);
const ends = { trainLoss: 0.1107, evalTrainLoss: 0.078, testLoss: 0.1905, testAccuracy: 0.944 };
const row = (changes: Partial<JudgedRow>): JudgedRow => ({
  name: "batch-norm",
  expected: (changes.name ?? "no fault") as JudgedRow["expected"],
  ends,
  grade: null,
  visible: "no",
  signs: [],
  named: [],
  failedChecks: [],
  asExpected: true,
  ...changes,
});
const gallery: Gallery = {
  withoutBatchNorm: { name: "no-batch-norm", ends: { ...ends, trainLoss: 0.229 } },
  correct: row({}),
  faults: [
    row({
      name: "stats-never-updated",
      grade: "wrong",
      ends: { ...ends, evalTrainLoss: 1.02 },
      visible: "yes",
      signs: ["train-eval-gap", "eval × 13"],
      named: ["stats-never-updated"],
      failedChecks: ["running-pair-replay", "batch-statistics-update", "train-eval-gap"],
    }),
    row({
      name: "stats-updated-in-eval",
      grade: "wrong",
      named: ["stats-updated-in-eval", "checkpoint-omits-stats"],
      failedChecks: ["eval-writes-nothing"],
    }),
    row({ name: "variance-cancellation", grade: "fragile", named: ["variance-cancellation"] }),
    row({
      name: "wrong-axis",
      grade: "wrong",
      ends: { trainLoss: Number.NaN, evalTrainLoss: Number.NaN, testLoss: 3e9, testAccuracy: Number.NaN },
      visible: "yes",
      signs: ["finite"],
      failedChecks: ["finite"],
      asExpected: false,
    }),
  ],
};

describe("the table of the gallery", () => {
  it("has two lines a fault, and the rule of what is seen, at 80 columns", () => {
    expect(`\n${galleryText(gallery, 80, plain)}\n`).toBe(`
3 of 4 faults were caught by name, but not wrong-axis; the correct batch norm is
healthy. No curve shows 2 of the faults.

Losses at the end in training, in eval mode on the same digits, on test digits.
Below each fault: what the judge named, and which of its checks failed.
fault                    grade  train   eval   test    acc.  seen
without batch norm              0.229  0.078  0.191  94.4 %
correct batch norm              0.111  0.078  0.191  94.4 %
stats-never-updated      wrong  0.111  1.020  0.191  94.4 %   yes
  ✓ named; checks running-pair-replay, batch-statistics-update, train-eval-gap
stats-updated-in-eval    wrong  0.111  0.078  0.191  94.4 %    no
  ✓ named, also checkpoint-omits-stats; checks eval-writes-nothing
variance-cancellation  fragile  0.111  0.078  0.191  94.4 %    no
  ✓ named
wrong-axis               wrong      –      –  3.0e9       –   yes
  ✗ not named; checks finite

Seen in the curves: "yes" where finite, train-eval-gap or
learns-faster-than-none fails, or where a loss ends at 1.5 times the correct
run's or more, or that much below; "hardly" from 1.15 times on, or where only
running-pair-near-data fails; "no" otherwise.
`);
  });

  it("fits 80 columns with every fault, and says the same in colour", () => {
    const faults = plantableFaults.map((name) =>
      row({
        name,
        grade: "convention",
        visible: "hardly",
        named: [name],
        failedChecks: ["batch-statistics-update", "running-pair-near-data", "learns-faster-than-none"],
      }),
    );
    const text = galleryText({ ...gallery, faults }, 80, plain);
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
    const colored = galleryText({ ...gallery, faults }, 80, pc.createColors(true));
    expect(stripVTControlCharacters(colored)).toBe(text);
  });

  it("is a table of Markdown, too", () => {
    const page = galleryMarkdown(gallery, defaults);
    const lines = page.split("\n").map((line) => line.replace(/ +/g, " "));
    expect(lines).toContain(
      "| stats-never-updated | wrong | 0.111 | 1.020 | 0.191 | 94.4 % | yes (train-eval-gap, eval × 13) | named; checks running-pair-replay, batch-statistics-update, train-eval-gap |",
    );
    const table = lines.filter((line) => line.startsWith("|"));
    expect(table).toHaveLength(2 + 2 + gallery.faults.length);
    const widths = page
      .split("\n")
      .filter((line) => line.startsWith("|"))
      .map(({ length }) => length);
    expect(new Set(widths).size).toBe(1);
    expect(lines.join("\n")).not.toContain("undefined");
    expect(new Set(table.map((line) => line.split("|").length))).toEqual(new Set([10]));
    expect(lines.join("\n")).toContain(
      "5 epochs in batches of 128, learning rate 0.1, hidden widths 256, 128, decay 0.9, ε 0.00001, biased running variance, seed 1.",
    );
  });
});

it("the headline counts what was caught", () => {
  const caught = gallery.faults.slice(0, 3);
  expect(galleryHeadline({ ...gallery, faults: caught })).toBe(
    "3 of 3 faults were caught by name; the correct batch norm is healthy. No curve shows 2 of the faults.",
  );
  expect(galleryHeadline({ ...gallery, correct: row({ asExpected: false }), faults: caught })).toContain(
    "; the correct batch norm is accused.",
  );
});
