import { stratifiedSplit } from "@handgrad/datasets";
import { loadMnist } from "@handgrad/datasets/mnist";
import { beforeAll, describe, expect, it } from "vitest";
import type { Digits } from "../digits/load.js";
import type { FromWorker } from "../messages.js";
import { defaults, type Settings } from "../settings/settings.js";
import { messageOf } from "./message-of.js";
import { samples } from "./samples.js";
import { Session } from "./session.js";

let digits: Digits;
beforeAll(() => {
  const some = stratifiedSplit(loadMnist(), { test: 700, seed: 1 }).test;
  digits = stratifiedSplit(some, { test: 100, seed: 1 });
});

type Kind = FromWorker["type"];
type Of<Type extends Kind> = Extract<FromWorker, { type: Type }>;

function session(changes: Partial<Settings> = {}) {
  const messages: FromWorker[] = [];
  const settings = { ...defaults, hidden: [12, 8], batchSize: 50, ...changes };
  const made = new Session(3, settings, digits, (message) => messages.push(message));
  const all = <Type extends Kind>(type: Type) =>
    messages.filter((message): message is Of<Type> => message.type === type);
  return { session: made, messages, all };
}

describe("a session", () => {
  it("steps one by one: state, losses, picture and verdict after each, under its number", async () => {
    const { session: stepped, messages, all } = session();
    stepped.step();
    stepped.step();
    await expect.poll(() => all("verdict").map(({ step }) => step)).toEqual([1, 2]);
    expect(new Set(messages.map((message) => ("run" in message ? message.run : undefined)))).toEqual(
      new Set([3]),
    );
    expect(all("measured").map(({ step }) => step)).toEqual([1, 2]);
    expect(all("state").map(({ step, running }) => [step, running])).toEqual([
      [0, false],
      [1, false],
      [2, false],
    ]);
    const [{ picture }] = all("picture");
    expect(picture.layers.map(({ features }) => features.batchNorm?.length)).toEqual([8, 8]);
    for (const counts of picture.layers[0].features.plain) {
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(50);
    }
    expect(picture.weights.plain.weights).toHaveLength(12);
    expect(picture.weights.plain.change[0].some((change) => change !== 0)).toBe(true);
  });

  it("trains on whole batches alone: a last one of a few rows would be a spike in every curve", async () => {
    const { session: stepped, all } = session({ batchSize: 128 });
    for (let step = 1; step <= 5; step++) stepped.step();
    await expect.poll(() => all("picture").length).toBe(5);
    const rows = all("picture").map(({ picture }) =>
      picture.layers[0].features.plain[0].reduce((sum, count) => sum + count, 0),
    );
    expect(rows).toEqual([128, 128, 128, 128, 128]);
  });

  it("starts, and pauses where it is told, with a verdict of that step", async () => {
    const { session: started, all } = session();
    started.start();
    started.start();
    await expect
      .poll(() => all("measured").at(-1)?.step ?? 0, { timeout: 20_000 })
      .toBeGreaterThanOrEqual(50);
    started.pause();
    await expect.poll(() => all("state").at(-1)?.running).toBe(false);
    const end = all("state").at(-1)?.step;
    await expect.poll(() => all("verdict").at(-1)?.step).toBe(end);
    expect(all("measured").at(-1)?.step).toBe(end);
    expect(all("verdict").at(-1)?.verdict.healthy).toBe(true);
  });

  it("names a planted fault, which it does not tell the judge", async () => {
    const { session: faulty, all } = session({ fault: "gamma-missing-in-dx" });
    faulty.step();
    faulty.step();
    await expect.poll(() => all("verdict")).toHaveLength(2);
    const [, { verdict }] = all("verdict");
    expect(verdict.healthy).toBe(false);
    expect(verdict.faults.map(({ id }) => id)).toContain("gamma-missing-in-dx");
  });

  it("predicts in both modes, and changes neither the running pair nor the training by it", async () => {
    const curious = session();
    const quiet = session();
    for (const { session: one } of [curious, quiet]) one.step();
    await expect.poll(() => curious.all("verdict")).toHaveLength(1);
    curious.session.predict(digits.test.inputs.data.slice(0, 784));
    const [{ prediction }] = curious.all("prediction");
    for (const probabilities of [prediction.plain, prediction.batchNorm?.train, prediction.batchNorm?.eval]) {
      // Ten probabilities in float32 sum to 1 within ten roundings.
      expect(probabilities?.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
    }
    for (const { session: one } of [curious, quiet]) one.step();
    await expect.poll(() => [curious, quiet].map(({ all }) => all("verdict").length)).toEqual([2, 2]);
    expect(curious.all("measured")).toEqual(quiet.all("measured"));
    expect(curious.all("verdict")).toEqual(quiet.all("verdict"));
  });

  it("trains one network alone where batch norm is off, and judges nothing", async () => {
    const { session: alone, all } = session({ batchNorm: false, fault: "stats-never-updated" });
    alone.step();
    await expect.poll(() => all("state").at(-1)?.step).toBe(1);
    expect(all("measured")[0].values.batchNorm).toBeUndefined();
    alone.predict(new Float32Array(784));
    expect(all("prediction")[0].prediction.batchNorm).toBeUndefined();
    expect(all("verdict")).toEqual([]);
  });

  it("stops where a number is not finite, says where, and starts no more", async () => {
    const { session: broken, all } = session({
      learningRate: 10,
      init: "ones",
      optimizer: "momentum",
      activation: "leaky-relu",
    });
    broken.start();
    await expect.poll(() => all("broken"), { timeout: 20_000 }).toHaveLength(1);
    expect(all("broken")[0].message).toMatch(
      /^Training broke down at step \d+: the first value that is not finite is in .*\. Reset, with a smaller learning rate\.$/,
    );
    expect(all("state").at(-1)?.running).toBe(false);
    const count = all("state").length;
    broken.start();
    broken.step();
    expect(all("state")).toHaveLength(count);
  });

  it("is silent once it is closed", async () => {
    const { session: closed, messages } = session();
    closed.start();
    closed.close();
    const before = messages.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(messages).toHaveLength(before);
  });
});

it("samples are one image of the class after the other, and then the first again", () => {
  const sample = samples(digits.test);
  const count = digits.test.labels.data.filter((label) => label === 3).length;
  const images = Array.from({ length: count + 1 }, () => sample(3));
  expect(new Set(images.slice(0, count).map(String)).size).toBe(count);
  expect(images[count]).toEqual(images[0]);
  expect(images[0]).toHaveLength(784);
});

it("a refusal of memory is told with what to do, any other error as it is", () => {
  expect(messageOf(new RangeError("Array buffer allocation failed"))).toBe(
    "The browser refused the memory that these settings need (Array buffer allocation failed). Make the layers narrower or the batch smaller.",
  );
  expect(messageOf(new RangeError("fit: there is no batch"))).toBe("fit: there is no batch");
  expect(messageOf("plain text")).toBe("plain text");
});
