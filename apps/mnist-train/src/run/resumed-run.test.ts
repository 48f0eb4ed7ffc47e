import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromData, Random, uniform } from "@handgrad/tensor";
import type { Checkpoint } from "@handgrad/training";
import { candidateOf, plantableFaults } from "laboratory";
import { expect, it } from "vitest";
import type { Digits } from "./digits.js";
import { experiment, Interrupted } from "./experiment.js";
import { SavedJob } from "./saved-job.js";
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

it("a job goes on with its second run where that stood, and is saved when there is something new", async () => {
  const folder = mkdtempSync(join(tmpdir(), "resumed-run-"));
  const steps: string[] = [];
  const start = (resume: boolean, abortAt: string) => {
    const controller = new AbortController();
    const saved = new SavedJob({ folder, every: 5, resume }, job, digits, 14, () => {});
    const onProgress = ({ run, step }: { run: string; step: number }) => {
      steps.push(`${run} ${step}`);
      if (steps.at(-1) === abortAt) controller.abort();
    };
    const keep = (run: 0 | 1) => ({ signal: controller.signal, ...saved.keeping(run) });
    return experiment(digits, job, onProgress, candidateOf(job), keep);
  };
  await expect(start(false, "batch-norm 12")).rejects.toThrow(Interrupted);
  const files = readdirSync(folder);
  steps.length = 0;
  await expect(start(true, "batch-norm 13")).rejects.toThrow(Interrupted);
  expect(steps).toEqual(["batch-norm 13"]);
  await start(true, "never");
  expect(steps.slice(0, 2)).toEqual(["batch-norm 13", "batch-norm 14"]);
  const over = readdirSync(folder);
  expect(over).not.toEqual(files);
  steps.length = 0;
  await start(true, "never");
  expect(steps).toEqual([]);
  expect(readdirSync(folder)).toEqual(over);
  rmSync(folder, { recursive: true });
});

it("an interrupted job has the runs so far", async () => {
  const error = await train(job, undefined, 4).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Interrupted);
  const { runs } = error as Interrupted;
  expect(runs).toMatchObject([{ name: "no-batch-norm", steps: 4 }]);
  expect(runs[0].curves.trainLoss.at(-1)?.[0]).toBe(4);
});
