import pc from "picocolors";
import { describe, expect, it } from "vitest";
import { isRefusal } from "../experiment.js";
import { programs } from "../programs.js";
import { readRecorded } from "../recorded.js";
import { createReport } from "../report.js";
import { stagesOf } from "../stages.js";
import { reportText } from "./report.js";
import { stagesText } from "./stages.js";

const recorded = readRecorded();
const all = programs(recorded);
const plain = pc.createColors(false);
const widest = (text: string) =>
  Math.max(...text.split("\n").map((line) => line.replaceAll(/\p{Mark}/gu, "").length));

describe("the comparison", () => {
  const report = createReport(recorded, all);

  it("fits 80 columns, and uses up to 100", () => {
    expect(widest(reportText(report, 80, plain))).toBeLessThanOrEqual(80);
    expect(widest(reportText(report, 200, plain))).toBeLessThanOrEqual(100);
  });

  it("has no colour where none is wanted, and the same text where it is", () => {
    const text = reportText(report, 80, plain);
    expect(text).not.toContain("\u001b");
    const painted = reportText(report, 80, pc.createColors(true));
    expect(painted).toContain("\u001b");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
    expect(painted.replaceAll(/\u001b\[\d+m/g, "")).toBe(text);
  });

  it("shows both modes in both precisions, and ends with the conclusion", () => {
    const text = reportText(report, 80, plain);
    const titles = text
      .split("\n")
      .filter((line) => /^(Training|Testing): .* (are|constants).*\(/.test(line));
    expect(titles).toEqual([
      "Training: mean and variance are the batch's (float64)",
      "Training: mean and variance are the batch's (float32)",
      "Testing: mean and variance are constants, 0 and 1 (float64)",
      "Testing: mean and variance are constants, 0 and 1 (float32)",
    ]);
    expect(text).toMatch(/\n\nAs it must be: [\s\S]*\n$/);
    expect(text).not.toContain("!");
  });

  it("marks what is not as it must be", () => {
    const broken = all.map((program) =>
      program.id === "handgrad"
        ? {
            ...program,
            gradients(input: Parameters<typeof program.gradients>[0]) {
              const answer = program.gradients(input);
              return isRefusal(answer) ? answer : { ...answer, dx: answer.dx.map((value) => value + 1) };
            },
          }
        : program,
    );
    const text = reportText(createReport(recorded, broken), 80, plain);
    expect(text).toMatch(/ 4 {2}dx .* 1 ≠ !\n/);
    expect(text).toMatch(/\nNot as it must be: [\s\S]*\n$/);
    expect(widest(text)).toBeLessThanOrEqual(80);
  });
});

describe("the stages", () => {
  it.each([1, 2, 4, 32])("of %i rows fit 80 columns, one line each", (n) => {
    const { input } = recorded.find(n, "train", "float64");
    const stages = stagesOf(input);
    const text = stagesText(input, stages, plain);
    expect(widest(text)).toBeLessThanOrEqual(80);
    for (const { formula } of stages)
      expect(text.split("\n").filter((line) => line.includes(formula))).toHaveLength(1);
    expect(text.includes("…")).toBe(n === 32);
  });
});
