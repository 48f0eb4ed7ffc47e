import "testing";
import { beforeAll, describe, expect, it } from "vitest";
import { compare, compareAll, type Section } from "./compare.js";
import {
  type Answer,
  isRefusal,
  modes,
  type OneNeuronGradients,
  precisions,
  rowCounts,
} from "./experiment.js";
import { type Program, type ProgramId, programs } from "./programs.js";
import { readRecorded } from "./recorded.js";
import { createReport, type Report } from "./report.js";

const recorded = readRecorded();
const all = programs(recorded);

/** The same programs, of which one answers differently. */
const changed = (id: ProgramId, change: (answer: OneNeuronGradients) => Answer): readonly Program[] =>
  all.map((program) =>
    program.id === id
      ? {
          ...program,
          gradients(input) {
            const answer = program.gradients(input);
            return isRefusal(answer) ? answer : change(answer);
          },
        }
      : program,
  );

const findings = ({ comparisons }: Section, id: ProgramId) =>
  comparisons.map(({ verdicts }) => verdicts[id]?.finding);

describe.each(precisions)("in %s", (precision) => {
  it("training: all agree, and this project refuses one row", () => {
    const section = compare("train", precision, rowCounts, recorded, all);
    expect(findings(section, "staged")).toEqual(["agrees", "agrees", "agrees", "agrees"]);
    expect(findings(section, "handgrad")).toEqual(["refuses", "agrees", "agrees", "agrees"]);
  });

  it("testing: the staged code as asked differs, in dx alone; repaired it agrees", () => {
    const section = compare("test", precision, rowCounts, recorded, all);
    expect(findings(section, "staged")).toEqual(["differs", "differs", "differs", "differs"]);
    for (const id of ["repaired", "tensorflow", "handgrad"] as const) {
      expect(findings(section, id)).toEqual(["agrees", "agrees", "agrees", "agrees"]);
    }
    for (const { verdicts } of section.comparisons) {
      expect(Object.values(verdicts).every(({ parametersAgree }) => parametersAgree)).toBe(true);
    }
  });

  it("TensorFlow.js takes part where it has the precision, and agrees", () => {
    for (const mode of modes) {
      const section = compare(mode, precision, rowCounts, recorded, all);
      const found = findings(section, "tensorflowJs");
      expect(new Set(found)).toEqual(new Set([precision === "float32" ? "agrees" : undefined]));
    }
  });

  it("the programs that are right use less than half of what is allowed, the fault a thousand times as much", () => {
    for (const mode of modes) {
      for (const { n, allowed, verdicts } of compare(mode, precision, rowCounts, recorded, all).comparisons) {
        for (const [id, { dx }] of Object.entries(verdicts)) {
          if (id === "staged" && mode === "test") expect(dx, `${n} rows`).toBeGreaterThan(1e3 * allowed.dx);
          else if (dx !== null) expect(dx, `${id}, ${n} rows, ${mode}`).toBeLessThan(allowed.dx / 2);
        }
      }
    }
  });
});

describe("a comparison is not as it must be", () => {
  const scaled = (factor: number) => (answer: OneNeuronGradients) => ({
    ...answer,
    dx: answer.dx.map((value) => value * factor),
  });
  const isAsExpected = (broken: readonly Program[]) => compareAll(recorded, broken).asExpected;

  it("unless everything is", () => {
    expect(isAsExpected(all)).toBe(true);
  });

  it.each<[string, ProgramId, (answer: OneNeuronGradients) => Answer]>([
    ["this project's dx is off by 1e-5 of it", "handgrad", scaled(1 + 1e-5)],
    ["this project's dγ is off", "handgrad", (answer) => ({ ...answer, dGamma: answer.dGamma + 1e-3 })],
    ["this project's dβ is off", "handgrad", (answer) => ({ ...answer, dBeta: answer.dBeta + 1e-3 })],
    ["a gradient is NaN", "handgrad", scaled(Number.NaN)],
    ["a dγ is NaN", "handgrad", (answer) => ({ ...answer, dGamma: Number.NaN })],
    ["this project refuses what it must take", "handgrad", () => ({ refused: "no" })],
    ["TensorFlow.js differs", "tensorflowJs", scaled(1.001)],
    ["the repair does not repair", "repaired", scaled(0)],
  ])("%s", (_, id, change) => {
    expect(isAsExpected(changed(id, change))).toBe(false);
  });

  it("the fault in question is gone", () => {
    const repaired = all.find(({ id }) => id === "repaired");
    if (!repaired) throw new Error("there is no repaired program");
    const without = all.map((program) =>
      program.id === "staged" ? { ...program, gradients: repaired.gradients } : program,
    );
    expect(isAsExpected(without)).toBe(false);
  });

  it("this project takes one row in training", () => {
    const staged = all.find(({ id }) => id === "staged");
    if (!staged) throw new Error("there is no staged program");
    const taking = all.map((program) =>
      program.id === "handgrad"
        ? {
            ...program,
            gradients: (input: Parameters<Program["gradients"]>[0]) =>
              input.n === 1 && input.mode === "train" ? staged.gradients(input) : program.gradients(input),
          }
        : program,
    );
    expect(isAsExpected(taking)).toBe(false);
  });
});

describe("what is measured", () => {
  let report: Report;
  beforeAll(() => {
    report = createReport(recorded, all);
  });

  it("two rows: dx by the closed form is TensorFlow's float64 one", () => {
    const [, two] = compare("train", "float64", rowCounts, recorded, all).comparisons;
    const { gradients } = recorded.find(2, "train", "float64");
    expect(two.exact.dx).toBeAllClose(gradients.dx, { atol: 1e-15, rtol: 0 });
    expect(Math.abs(gradients.dx[0])).toBeGreaterThan(1e-5);
  });

  it("two rows in float32: programs go wrong relatively as the deviation grows, this project does not", () => {
    const [small, middle, large] = report.twoRows.lines;
    for (const id of ["staged", "tensorflowJs"] as const) {
      expect(small.relativeErrors[id]).toBeLessThan(0.01);
      expect(middle.relativeErrors[id]).toBeGreaterThan(0.1);
      expect(middle.relativeErrors[id]).toBeLessThan(0.5);
      expect(large.relativeErrors[id]).toBeGreaterThan(1);
    }
    for (const { relativeErrors } of report.twoRows.lines) expect(relativeErrors.handgrad).toBeLessThan(1e-7);
    expect(Object.keys(small.relativeErrors)).toEqual(["staged", "tensorflowJs", "handgrad"]);
  });

  it("the path that stop_gradient cuts carries rounding", () => {
    for (const { gradient, terms } of report.cutPath) {
      expect(terms).toBeGreaterThan(1);
      expect(Math.abs(gradient)).toBeLessThan(1e-15 * terms);
    }
  });

  it("Σ dx·x̂ = γ·ε·r³·dγ to rounding, and 0 without ε on the way back", () => {
    for (const { correct, forgetful, identity, rounding } of report.zeroTests.tests) {
      expect(Math.abs(correct - identity)).toBeLessThan(rounding);
      expect(Math.abs(forgetful)).toBeLessThan(rounding);
    }
    const [far, near, far32] = report.zeroTests.tests;
    for (const { identity, rounding } of [far, near]) {
      expect(Math.abs(identity)).toBeGreaterThan(1e3 * rounding);
    }
    expect(Math.abs(far32.identity)).toBeLessThan(far32.rounding);
  });
});
