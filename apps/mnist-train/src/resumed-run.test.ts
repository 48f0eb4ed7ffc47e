import { fromData, Random, uniform } from "@handgrad/tensor";
import type { Checkpoint } from "@handgrad/training";
import { candidateOf, plantableFaults } from "laboratory";
import { expect, it } from "vitest";
import type { Digits } from "./digits.js";
import { experiment, Interrupted } from "./experiment.js";
import { defaults, type Settings } from "./settings.js";

const rows = (count: number, rng: Random): Digits["train"] => ({
  inputs: uniform([count, 6], rng) as Digits["train"]["inputs"],
  labels: fromData(
    Int32Array.from({ length: count }, (_, i) => i % 10),
    [count],
  ),
});
const digits: Digits = { train: rows(40, new Random(1)), test: rows(20, new Random(2)) };
const job: Settings = { ...defaults, hidden: [5, 4], batchSize: 3, epochs: 2 };

/** The job, whose run with batch norm goes on from `resume`; its checkpoints, one a step. */
async function train(settings: Settings, resume?: Checkpoint, abortAt = Number.POSITIVE_INFINITY) {
  const checkpoints: [Checkpoint[], Checkpoint[]] = [[], []];
  const controller = new AbortController();
  const { runs, verdict, insights } = await experiment(
    digits,
    settings,
    ({ step }) => step === abortAt && controller.abort(),
    candidateOf(settings),
    (run) => ({
      signal: controller.signal,
      every: 1,
      onCheckpoint: (checkpoint) => checkpoints[run].push(checkpoint),
      ...(run === 1 && resume && { resume }),
    }),
  );
  const strip = { curves: runs.map(({ curves }) => curves), verdict, insights };
  return { ...strip, checkpoints };
}

/** With HANDGRAD_KILLS, all of them. */
const tried = process.env.HANDGRAD_KILLS
  ? plantableFaults
  : (["stats-updated-twice", "stats-updated-in-eval", "affine-never-trained"] as const);

it.each(["none", ...tried] as const)("a run that goes on is the same run: fault %s", async (id) => {
  const settings = { ...job, fault: id === "none" ? null : id };
  const { checkpoints, ...whole } = await train(settings);
  // In the middle of a window of the training loss, and in the end.
  for (const step of [2, checkpoints[1].length - 1]) {
    const { checkpoints: rest, ...resumed } = await train(settings, checkpoints[1][step]);
    expect(resumed).toEqual(whole);
    expect(rest[1].at(-1)?.model).toEqual(checkpoints[1].at(-1)?.model);
  }
});

it("an interrupted job has the runs so far", async () => {
  const error = await train(job, undefined, 4).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Interrupted);
  const { runs } = error as Interrupted;
  expect(runs).toMatchObject([{ name: "no-batch-norm", steps: 4 }]);
  expect(runs[0].curves.trainLoss.at(-1)?.[0]).toBe(4);
});
