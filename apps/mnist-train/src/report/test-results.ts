import type { LayerFault } from "@handgrad/bn-doctor";
import { ConfusionMatrix } from "@handgrad/training";
import type { Insight, Result } from "../run/experiment.js";
import { testRun } from "../run/test-runs.js";
import type { Run } from "../run/train-run.js";
import type { Environment } from "./environment.js";

export const testEnvironment: Environment = {
  version: "1.2.3",
  node: "20.0.0",
  engine: "wasm",
  threads: 2,
  platform: "linux x64",
  processor: "A processor, 2 logical cores",
};

const nothingSeen: Insight = {
  watched: { preActivations: [], runningPairs: [], gradientNorms: [] },
  data: [],
  answers: null,
};

export const testFault: LayerFault = {
  id: "stats-never-updated",
  grade: "wrong",
  status: "present",
  layer: "layer 1 (BatchNorm)",
  meaning: "Training never updates the running mean or variance.",
  evidence: { input: "after a pass", what: "popMean[0]", expected: 1.5, seen: 0 },
  repair: "Update the running pair.",
};

/** A healthy result as an experiment leaves it, for tests of what shows it to people. */
export function testResult(changes: Partial<Result> = {}): Result {
  const confusion = new ConfusionMatrix(10);
  confusion.counts.data[0] = 5;
  confusion.counts.data[1] = 2;
  const mistake = { row: 7, label: 4, prediction: 9, probability: 0.75, labelProbability: 0.125 };
  const answers = { confusion, mistakes: [{ ...mistake, pixels: new Float32Array(16) }] };
  return {
    runs: [testRun("no-batch-norm"), testRun("batch-norm")],
    verdict: {
      healthy: true,
      faults: [],
      checks: [
        { id: "train-forward", passed: true, value: 0.5, bound: 1, meaning: "It is right. In detail." },
      ],
    },
    insights: [
      { ...nothingSeen, answers },
      { ...nothingSeen, answers },
    ],
    ...changes,
  };
}

/** Broke down at its first step. */
const brokenRun = (name: string): Run => ({
  ...testRun(
    name,
    {
      trainLoss: [[1, Number.NaN]],
      evalTrainLoss: [[0, 2.3]],
      testLoss: [[0, 2.3]],
      testAccuracy: [[0, 0.1]],
    },
    1,
  ),
  firstNonFinite: { step: 1, where: "the output of layer 0 (Dense)" },
});

/** What an experiment leaves whose runs both broke down. */
export const brokenResult = (): Result =>
  testResult({
    runs: [brokenRun("no-batch-norm"), brokenRun("batch-norm")],
    verdict: {
      healthy: false,
      faults: [],
      checks: [
        { id: "finite", passed: false, value: 1, bound: null, meaning: "Training broke down at step 1." },
        { id: "train-eval-gap", passed: "inconclusive", value: null, bound: 1, meaning: "Not judged." },
      ],
    },
    insights: [nothingSeen, nothingSeen],
  });
