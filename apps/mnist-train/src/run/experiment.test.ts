import type { CheckId } from "@handgrad/bn-doctor";
import { type FaultId, faults } from "bn-faults";
import { CLASSES, namedFaults } from "laboratory";
import { describe, expect, it } from "vitest";
import { experiment, type Result } from "./experiment.js";
import type { Settings } from "./settings.js";
import { fewDigits, smallJob } from "./test-digits.js";

const digits = fewDigits();
const failed = ({ verdict }: Result): CheckId[] =>
  verdict.checks.filter(({ passed }) => passed === false).map(({ id }) => id);

describe("a correct batch norm", () => {
  it("is healthy, every check passed", async () => {
    const { runs, verdict } = await experiment(digits, smallJob);
    expect(runs.map(({ name }) => name)).toEqual(["no-batch-norm", "batch-norm"]);
    expect(verdict.healthy).toBe(true);
    expect(verdict.checks.filter(({ passed }) => passed !== true)).toEqual([]);
    expect(verdict.faults).toEqual([]);
  });

  it("gives the same curves and the same verdict again, bit for bit, and others for another seed", async () => {
    const job = { ...smallJob, epochs: 1 };
    const strip = ({ runs, verdict }: Result) => ({ curves: runs.map(({ curves }) => curves), verdict });
    const once = strip(await experiment(digits, job));
    expect(strip(await experiment(digits, job))).toEqual(once);
    expect(strip(await experiment(digits, { ...job, seed: 2 })).curves).not.toEqual(once.curves);
  });
});

/** The checks that fail beside the name, for some faults of every kind. */
const failedBeside: readonly (readonly [FaultId, readonly CheckId[]])[] = [
  [
    "stats-never-updated",
    ["running-pair-replay", "batch-statistics-update", "running-pair-near-data", "train-eval-gap"],
  ],
  ["decay-inverted", ["running-pair-replay", "batch-statistics-update"]],
  ["train-formula-in-eval", ["eval-gradient"]],
  ["affine-never-trained", []],
  ["variance-cancellation", []],
];

describe("a planted fault", () => {
  it.each(failedBeside)("%s is named in both layers, and no other", async (fault, checks) => {
    const result = await experiment(digits, { ...smallJob, fault });
    expect(result.runs[1].name).toBe(fault);
    expect(result.verdict.healthy).toBe(faults[fault].grade === "fragile");
    expect(failed(result)).toEqual(checks);
    expect(namedFaults(result.verdict.faults)).toMatchObject([
      { id: fault, layers: ["layer 1 (BatchNorm)", "layer 4 (BatchNorm)"] },
    ]);
  });

  it("is named, but not by its speed, where training is unlike the runs on which speed was measured", async () => {
    const job: Settings = { ...smallJob, hidden: [64, 32], epochs: 6, fault: "missing-root" };
    const speed = async (settings: Settings) => {
      const { verdict } = await experiment(digits, settings);
      expect(namedFaults(verdict.faults)).toMatchObject([{ id: "missing-root" }]);
      return verdict.checks.find(({ id }) => id === "learns-faster-than-none");
    };
    const plain = await speed(job);
    expect(plain).toMatchObject({ passed: false });
    const unlike = await speed({ ...job, activation: "leaky-relu" });
    expect(unlike).toMatchObject({ passed: "inconclusive", bound: plain?.bound });
    expect(unlike?.value).toBeGreaterThan(1.75);
    expect(unlike?.meaning).toContain("with --activation leaky-relu even a correct batch norm may be");
  });

  it("leaves the network without batch norm alone", async () => {
    const job = { ...smallJob, epochs: 1 };
    const healthy = await experiment(digits, job);
    const faulty = await experiment(digits, { ...job, fault: "gradient-ignores-statistics" });
    expect(faulty.runs[0].curves).toEqual(healthy.runs[0].curves);
  });
});

describe("a loss that is no longer finite", () => {
  it("in training: the run ends, and `finite` names the step and the layer", async () => {
    const { runs, verdict } = await experiment(digits, { ...smallJob, learningRate: 1e30 });
    const where = "the output of layer 3 (Dense)";
    expect(runs[1]).toMatchObject({ steps: 2, firstNonFinite: { step: 2, where } });
    expect(runs[1].curves.trainLoss).toEqual([[2, Number.NaN]]);
    expect(verdict.healthy).toBe(false);
    expect(verdict.checks[0]).toMatchObject({ id: "finite", passed: false, value: 2 });
    expect(verdict.checks[0].meaning).toContain(where);
  });

  it("in eval mode, after a last step that went too far: the same", async () => {
    const { runs, verdict } = await experiment(digits, { ...smallJob, batchSize: 1000, learningRate: 1e30 });
    const where = "the output of layer 1 (BatchNorm)";
    expect(runs[1]).toMatchObject({ steps: 1, firstNonFinite: { step: 1, where } });
    expect(runs[1].curves.evalTrainLoss.at(-1)).toEqual([1, Number.NaN]);
    expect(verdict.checks[0]).toMatchObject({ id: "finite", passed: false, value: 1 });
    expect(verdict.checks[0].meaning).toContain(where);
  });
});

describe("digits that are none", () => {
  it.each([
    ["a pixel that is NaN", "training digits: inputs must be finite numbers, got NaN in row 2, column 5"],
    ["a label that is no class", "test digits: labels must be classes from 0 to 9, got 10 in row 3"],
  ])("%s", async (what, message) => {
    const broken = fewDigits(100, 20);
    if (what === "a pixel that is NaN") broken.train.inputs.data[2 * 784 + 5] = Number.NaN;
    else broken.test.labels.data[3] = CLASSES;
    await expect(experiment(broken, smallJob)).rejects.toThrow(new RangeError(message));
  });
});
