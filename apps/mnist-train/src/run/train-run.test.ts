import { softmaxCrossEntropy } from "@handgrad/layers";
import { Random } from "@handgrad/tensor";
import { batches } from "@handgrad/training";
import { buildNetwork, type Candidate, candidateOf } from "laboratory";
import { describe, expect, it } from "vitest";
import type { Settings } from "./settings.js";
import { fewDigits, smallJob } from "./test-digits.js";
import { type Progress, trainRun } from "./train-run.js";

const digits = fewDigits(300, 50);
const job = { ...smallJob, epochs: 2, batchSize: 30 };
const correct = candidateOf(job);

describe("the two networks", () => {
  it("start from the same weights", () => {
    const dense = (candidate: Candidate | null) =>
      Object.entries(buildNetwork(784, job, candidate).model.stateDict())
        .filter(([path]) => path.endsWith("weight"))
        .map(([, { data }]) => data);
    expect(dense(correct)).toEqual(dense(null));
    expect(dense(correct)).toHaveLength(3);
  });

  it.each([null, correct])("see the same batches, with batch norm: %s", async (candidate) => {
    const still = { ...job, learningRate: 1e-30 };
    const seen: number[] = [];
    await trainRun(candidate, digits, still, ({ loss }) => seen.push(loss));

    const { model } = buildNetwork(784, still, candidate);
    const shuffled = batches(digits.train, { batchSize: job.batchSize, rng: new Random(job.seed + 1) });
    const expected = [...shuffled, ...shuffled].map(
      ({ inputs, labels }) => softmaxCrossEntropy(model.forward(inputs, "train"), labels).loss,
    );
    expect(seen).toEqual(expected);
  });
});

it.each<Partial<Settings>>([
  { optimizer: "nesterov" },
  { optimizer: "adam" },
  { schedule: "cosine" },
  { schedule: "plateau", learningRate: 20 },
  { weightDecay: 0.1 },
  { activation: "tanh" },
  { init: "glorotUniform" },
])("%j changes the course of a training", async (setting) => {
  const losses = async (settings: Settings) => {
    const { run } = await trainRun(correct, digits, settings, () => {});
    return run.curves.trainLoss.map(([, loss]) => loss);
  };
  const { learningRate = job.learningRate } = setting;
  const plain = { ...job, learningRate, epochs: 12 };
  expect(await losses({ ...plain, ...setting })).not.toEqual(await losses(plain));
});

describe("the curves", () => {
  it("have evaluations from step 0 to the end, and the training loss after every window", async () => {
    const { run } = await trainRun(correct, digits, job, () => {});
    const steps = (curve: string) => run.curves[curve].map(([step]) => step);
    expect(run.steps).toBe(20);
    expect(steps("evalTrainLoss")).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
    for (const curve of ["testLoss", "testAccuracy", "testAccuracyOneAtATime"]) {
      expect(steps(curve)).toEqual(steps("evalTrainLoss"));
    }
    expect(steps("trainLoss")).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    for (const curve of ["runningMeanDistance", "runningVarianceRatio", "weightOfInitialPair"]) {
      expect(steps(curve)).toEqual(steps("evalTrainLoss").slice(1));
    }
    expect(run.curves.weightOfInitialPair.at(-1)?.[1]).toBeCloseTo(0.9 ** 20, 12);
  });

  it("average the training loss over the rows of a window", async () => {
    const losses: number[] = [];
    const wide = { ...job, batchSize: 14, epochs: 1 };
    const { run } = await trainRun(null, digits, wide, ({ loss }) => losses.push(loss));
    expect(losses).toHaveLength(22); // 21 batches of 14 rows and one of 6
    const [step, mean] = run.curves.trainLoss[0];
    expect(step).toBe(3);
    expect(mean).toBeCloseTo((losses[0] + losses[1] + losses[2]) / 3, 12);
    const [end, last] = run.curves.trainLoss[run.curves.trainLoss.length - 1];
    expect(end).toBe(22);
    expect(last).toBeCloseTo(losses[21], 12);
  });

  it("know nothing of a running pair without batch norm", async () => {
    const { run } = await trainRun(null, digits, { ...job, epochs: 1 }, () => {});
    expect(Object.keys(run.curves)).toEqual([
      "trainLoss",
      "evalTrainLoss",
      "testLoss",
      "testAccuracy",
      "testAccuracyOneAtATime",
    ]);
  });
});

it("reports every step, and drops a last batch of one row", async () => {
  const seen: Progress[] = [];
  const { run } = await trainRun(correct, digits, { ...job, batchSize: 299 }, (p) => seen.push(p));
  expect(run.steps).toBe(2);
  expect(seen.map(({ step, epoch, totalSteps, epochs }) => [step, epoch, totalSteps, epochs])).toEqual([
    [1, 1, 2, 2],
    [2, 2, 2, 2],
  ]);
});
