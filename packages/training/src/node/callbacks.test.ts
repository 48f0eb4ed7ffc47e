import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BatchNorm, Dense, Sequential } from "@handgrad/layers";
import { Random } from "@handgrad/tensor";
import { afterEach, beforeEach, expect, it } from "vitest";
import { batches } from "../batches/batches.js";
import type { Checkpoint } from "../fit/checkpoint.js";
import { earlyStopping } from "../fit/early-stopping.js";
import { fit } from "../fit/fit.js";
import { SGD } from "../optimizers/sgd.js";
import { ReduceOnPlateau } from "../schedules/reduce-on-plateau.js";
import { CheckpointFolder } from "./checkpoint-folder.js";
import { csvLog, jsonLinesLog } from "./logs.js";
import { modelCheckpoint } from "./model-checkpoint.js";
import { data } from "./test-data.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "callbacks-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (name: string) => readFileSync(join(folder, name), "utf8");

/** Trains with everything that writes files, from the last checkpoint if there is one; aborts after `until` steps. */
async function train(until = Number.POSITIVE_INFINITY) {
  const rng = new Random(1);
  const model = new Sequential(new Dense(2, 4, { rng }), new BatchNorm(4), new Dense(4, 2, { rng }));
  const checkpoints = new CheckpointFolder<Checkpoint>(join(folder, "checkpoints"));
  const saved = checkpoints.load();
  const controller = new AbortController();
  const history = await fit(model, batches(data, { batchSize: 4, rng }), {
    epochs: 3,
    optimizer: new SGD(model.parameters(), { learningRate: 0.1, momentum: 0.9 }),
    validation: data,
    signal: controller.signal,
    callbacks: [
      earlyStopping({ patience: 10 }),
      csvLog(join(folder, "epochs.csv")),
      jsonLinesLog(join(folder, "log.jsonl"), { steps: true }),
      { onStep: ({ step }) => step === until && controller.abort() },
      modelCheckpoint(checkpoints, { everySteps: 2 }),
    ],
    ...(saved && { resume: saved.value }),
  });
  return { history, model: model.stateDict() };
}

it("logs and weights of a run that was stopped, and wrote more than its checkpoint knows, are the same", async () => {
  const whole = await train();
  const texts = [read("epochs.csv"), read("log.jsonl")];
  expect(texts[0].split("\n")[0]).toBe("epoch,step,loss,learning_rate,validation_loss,validation_accuracy");
  const [first] = whole.history.epochs;
  expect(texts[0].split("\n")[1]).toBe(
    [1, 3, first.loss, 0.1, first.validation?.loss, first.validation?.accuracy].join(","),
  );
  const lines = texts[1]
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(3 * 3 + 3);
  expect(lines[0]).toMatchObject({ step: 1, epoch: 1, rows: 4, learningRate: 0.1 });
  expect(lines[3]).toEqual(first);

  for (const until of [1, 5]) {
    rmSync(join(folder, "checkpoints"), { recursive: true });
    expect((await train(until)).history.stopped).toBe("aborted");
    // As a process does that is killed between a line and the next checkpoint.
    for (const name of ["epochs.csv", "log.jsonl"]) appendFileSync(join(folder, name), "half a li");
    expect(await train()).toEqual(whole);
    expect([read("epochs.csv"), read("log.jsonl")]).toEqual(texts);
  }
});

it("a log that lost lines is no log of this run", async () => {
  await train(5);
  truncateSync(join(folder, "log.jsonl"), 10);
  await expect(train()).rejects.toThrow(/log\.jsonl has 10 bytes, but had \d+ at the checkpoint$/);
});

it.each(["first", "last"] as const)(
  "a checkpoint that is saved by the %s of the callbacks knows what the others and fit's own made of the step",
  async (place) => {
    const run = async (name: string, epochs: number) => {
      const rng = new Random(1);
      const model = new Sequential(new Dense(2, 4, { rng }), new Dense(4, 2, { rng }));
      const optimizer = new SGD(model.parameters(), { learningRate: 0.1 });
      const plateau = new ReduceOnPlateau(optimizer, { patience: 0, factor: 0.5, threshold: 0.9 });
      const checkpoints = new CheckpointFolder<Checkpoint>(join(folder, name));
      const saved = checkpoints.load();
      const saving = modelCheckpoint(checkpoints);
      const stopping = earlyStopping({ patience: 10 });
      const history = await fit(model, batches(data, { batchSize: 4, rng }), {
        epochs,
        optimizer,
        validation: data,
        callbacks: place === "first" ? [saving, stopping] : [stopping, saving],
        onEpoch: ({ loss }) => plateau.step(loss),
        save: () => ({ ...plateau.state }),
        restore: (state: typeof plateau.state) => Object.assign(plateau.state, state),
        ...(saved && { resume: saved.value }),
      });
      return { history, best: stopping.best, model: model.stateDict() };
    };
    const whole = await run("whole", 5);
    await run("part", 2);
    expect(await run("part", 5)).toEqual(whole);
  },
);

it("everySteps must be a positive integer", () => {
  const checkpoints = new CheckpointFolder<Checkpoint>(folder);
  expect(() => modelCheckpoint(checkpoints, { everySteps: 0 })).toThrow(
    "modelCheckpoint: everySteps must be a positive integer, got 0",
  );
});
