import type { LayerFault } from "@handgrad/bn-doctor";
import { expect, it } from "vitest";
import type { Result } from "../run/experiment.js";
import { defaults } from "../run/settings.js";
import { createReport, lastMetricsLine, metricsLines, toJson } from "./report.js";

const run = (name: string, last: number) => ({
  name,
  steps: 4,
  batchSize: 128,
  seconds: 0.5,
  curves: {
    trainLoss: [
      [2, 0.5],
      [4, last],
    ] as [number, number][],
    evalTrainLoss: [
      [0, 2.4],
      [4, 0.25],
    ] as [number, number][],
    testLoss: [],
    testAccuracy: [],
  },
});
const fault = (layer: string): LayerFault => ({
  id: "variance-cancellation",
  grade: "fragile",
  status: "present",
  layer,
  meaning: "What is wrong.",
  evidence: { input: "on a batch", what: "y[0, 0]", expected: 1, seen: 2 },
  repair: "What is right.",
});
const result: Pick<Result, "runs" | "verdict"> = {
  runs: [run("no-batch-norm", 0.25), run("batch-norm", Number.NaN)],
  verdict: {
    healthy: true,
    faults: [fault("layer 1 (BatchNorm)"), fault("layer 4 (BatchNorm)")],
    checks: [{ id: "train-forward", passed: "inconclusive", value: null, bound: 1, meaning: "Why." }],
  },
};
const environment = {
  version: "1",
  node: "2",
  engine: "wasm",
  threads: 2,
  platform: "linux x64",
  processor: "one",
};
const report = createReport(defaults, result, environment);

it("report.json has settings, environment, both runs and the verdict; a number that is not finite is null", () => {
  const read = JSON.parse(toJson(report));
  expect(Object.keys(read)).toEqual(["settings", "environment", "runs", "verdict"]);
  expect(read.settings).toEqual(defaults);
  expect(read.environment).toEqual(environment);
  expect(read.runs).toHaveLength(2);
  expect(Object.keys(read.runs[0])).toEqual(["name", "curves", "seconds", "stepsPerSecond"]);
  expect(read.runs[0]).toMatchObject({ name: "no-batch-norm", seconds: 0.5, stepsPerSecond: 8 });
  expect(read.runs[1].curves.trainLoss).toEqual([
    [2, 0.5],
    [4, null],
  ]);
  expect(read.verdict).toEqual({
    healthy: true,
    faults: [
      {
        id: "variance-cancellation",
        grade: "fragile",
        layers: ["layer 1 (BatchNorm)", "layer 4 (BatchNorm)"],
        meaning: "What is wrong.",
        evidence: { input: "on a batch", what: "y[0, 0]", expected: 1, seen: 2 },
        repair: "What is right.",
      },
    ],
    checks: result.verdict.checks,
  });
});

it("report.json has a point of a curve on one line, for people", () => {
  expect(toJson(report)).toContain("[2, 0.5],\n");
  expect(toJson(report)).toContain("[4, null]\n");
});

it("metrics.jsonl has a line for every step at which something was measured, run by run", () => {
  const text = result.runs.map(({ name, curves }) => metricsLines(name, curves)).join("");
  const lines = text.split("\n");
  expect(lines.pop()).toBe("");
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { run: "no-batch-norm", step: 0, evalTrainLoss: 2.4 },
    { run: "no-batch-norm", step: 2, trainLoss: 0.5 },
    { run: "no-batch-norm", step: 4, trainLoss: 0.25, evalTrainLoss: 0.25 },
    { run: "batch-norm", step: 0, evalTrainLoss: 2.4 },
    { run: "batch-norm", step: 2, trainLoss: 0.5 },
    { run: "batch-norm", step: 4, trainLoss: null, evalTrainLoss: 0.25 },
  ]);
});

it("the line of a step is the one that it has in the whole file", () => {
  const [{ name, curves }] = result.runs;
  expect(metricsLines(name, curves).endsWith(`\n${lastMetricsLine(name, curves, 4)}`)).toBe(true);
  expect(lastMetricsLine(name, curves, 2)).toBe("");
});
