import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BatchNorm, Dense, Sequential } from "@handgrad/layers";
import { Random } from "@handgrad/tensor";
import { afterEach, beforeEach, expect, it } from "vitest";
import { batches } from "../batches/batches.js";
import type { Checkpoint } from "../fit/checkpoint.js";
import { fit } from "../fit/fit.js";
import { SGD } from "../optimizers/sgd.js";
import { CheckpointFolder } from "./checkpoint-folder.js";
import { modelCheckpoint } from "./model-checkpoint.js";
import { maskedCrc32c } from "./tensorboard/crc32c.js";
import { scalars } from "./tensorboard/event.js";
import { tensorBoardLog } from "./tensorboard-log.js";
import { data } from "./test-data.js";
import { type Curves, readCurves, readEvents } from "./test-event-files.js";

/** A Python with TensorBoard: HANDGRAD_PYTHON=/path/to/python pnpm unit tensorboard. */
const python = process.env.HANDGRAD_PYTHON ?? "";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tensorboard-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const logs = () => join(folder, "logs");

interface Options {
  readonly until?: number;
  readonly steps?: boolean;
  readonly validated?: boolean;
  readonly epochs?: number;
}

/** Trains from the last checkpoint, if there is one; breaks down after `until` steps, before their checkpoint. */
async function train({ until, steps = true, validated = true, epochs = 3 }: Options = {}) {
  const rng = new Random(1);
  const model = new Sequential(new Dense(2, 4, { rng }), new BatchNorm(4), new Dense(4, 2, { rng }));
  const checkpoints = new CheckpointFolder<Checkpoint>(join(folder, "checkpoints"));
  const saved = checkpoints.load();
  return await fit(model, batches(data, { batchSize: 4, rng }), {
    epochs,
    optimizer: new SGD(model.parameters(), { learningRate: 0.1 }),
    clip: { norm: 1 },
    callbacks: [
      tensorBoardLog(logs(), { steps }),
      {
        onStep: ({ step }) => {
          if (step === until) throw new Error("broke down");
        },
      },
      modelCheckpoint(checkpoints, { everySteps: 2 }),
    ],
    ...(validated && { validation: data }),
    ...(saved && { resume: saved.value }),
  });
}

const eventFiles = (run: string) => readdirSync(join(logs(), run)).map((name) => join(logs(), run, name));

it("check sums are those of TensorFlow's record files", () => {
  // tf.io.TFRecordWriter of TensorFlow 2.21 wrote this record of these 32 bytes.
  const content = Buffer.from("00010203040506070001020304050607000102030405060768616e6467726164", "hex");
  const length = Buffer.from("2000000000000000", "hex");
  expect(maskedCrc32c(length)).toBe(Buffer.from("29eda950", "hex").readUInt32LE());
  expect(maskedCrc32c(content)).toBe(Buffer.from("40613b9e", "hex").readUInt32LE());
});

it("every number of the training is in its curve, as float32", async () => {
  const { epochs } = await train();
  const curves = readCurves(logs());
  expect(Object.keys(curves).sort()).toEqual([
    "train/batch_gradient_norm",
    "train/batch_learning_rate",
    "train/batch_loss",
    "train/epoch_learning_rate",
    "train/epoch_loss",
    "validation/epoch_accuracy",
    "validation/epoch_loss",
  ]);
  const byStep = (pick: (epoch: (typeof epochs)[number]) => number | undefined) =>
    Object.fromEntries(epochs.map((epoch) => [epoch.step, Math.fround(pick(epoch) ?? Number.NaN)]));
  expect(curves["train/epoch_loss"]).toEqual(byStep(({ loss }) => loss));
  expect(curves["train/epoch_learning_rate"]).toEqual(byStep(() => 0.1));
  expect(curves["validation/epoch_loss"]).toEqual(byStep(({ validation }) => validation?.loss));
  expect(curves["validation/epoch_accuracy"]).toEqual(byStep(({ validation }) => validation?.accuracy));
  const losses = Object.entries(curves["train/batch_loss"]);
  expect(losses.map(([step]) => Number(step))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const mean = (losses[0][1] + losses[1][1] + losses[2][1]) / 3;
  expect(mean).toBeCloseTo(epochs[0].loss, 5);
});

it("without steps and validation, there are the epochs alone", async () => {
  await train({ steps: false, validated: false });
  expect(Object.keys(readCurves(logs())).sort()).toEqual(["train/epoch_learning_rate", "train/epoch_loss"]);
  expect(readdirSync(logs())).toEqual(["train"]);
});

it("a file begins with its version and a start, and has one process's events", async () => {
  await train({ epochs: 1 });
  const [file] = eventFiles("validation");
  expect(readEvents(readFileSync(file)).map(({ step, version, starts }) => [step, version, starts])).toEqual([
    [0, "brain.Event:2", false],
    [1, "", true],
    [3, "", false],
  ]);
});

it("curves of a run that broke down, and wrote more than its checkpoint knows, are the same", async () => {
  await train();
  const whole = readCurves(logs());
  for (const until of [1, 5, 6, 7]) {
    rmSync(folder, { recursive: true });
    await expect(train({ until })).rejects.toThrow("broke down");
    const before = eventFiles("train").map((file) => readFileSync(file));
    const lost = Buffer.concat([scalars(100, { batch_loss: 1 }), Buffer.from("half a record")]);
    appendFileSync(eventFiles("train")[0], lost);
    await train();
    expect(readCurves(logs())).toEqual(whole);
    expect(eventFiles("train")).toHaveLength(2);
    expect(readFileSync(eventFiles("train")[0]).subarray(0, before[0].length)).toEqual(before[0]);
  }
});

it("of an earlier training in the same folder, nothing is left to see", async () => {
  await train();
  rmSync(join(folder, "checkpoints"), { recursive: true });
  await train({ steps: false, epochs: 1 });
  const curves = readCurves(logs());
  expect(curves["train/batch_loss"]).toEqual({});
  expect(Object.keys(curves["train/epoch_loss"])).toEqual(["3"]);
});

it("a number that float32 cannot hold does not end the training", async () => {
  const log = tensorBoardLog(logs());
  const record = { epoch: 1, step: 1, loss: 1e300, learningRate: Number.NaN };
  log.onEpoch?.(record, undefined as never);
  log.onEnd?.({ epochs: [record] }, undefined as never);
  expect(readCurves(logs())).toEqual({
    "train/epoch_loss": { 1: Number.POSITIVE_INFINITY },
    "train/epoch_learning_rate": { 1: Number.NaN },
  });
});

it.skipIf(python === "")(
  "TensorBoard reads the same curves, of a run that broke down and went on",
  async () => {
    await expect(train({ until: 5 })).rejects.toThrow("broke down");
    await train();
    const program = `
import json, sys
from tensorboard.backend.event_processing.event_multiplexer import EventMultiplexer
runs = EventMultiplexer().AddRunsFromDirectory(sys.argv[1]).Reload()
print(json.dumps({
    f"{run}/{tag}": {event.step: event.value for event in runs.Scalars(run, tag)}
    for run in runs.Runs()
    for tag in runs.GetAccumulator(run).Tags()["scalars"]
}))`;
    const curves: Curves = JSON.parse(execFileSync(python, ["-c", program, logs()], { encoding: "utf8" }));
    expect(curves).toEqual(readCurves(logs()));
  },
);
