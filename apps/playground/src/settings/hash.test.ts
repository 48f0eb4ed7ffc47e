import { plantableFaults } from "laboratory";
import { describe, expect, it } from "vitest";
import { hashOf, settingsOf } from "./hash.js";
import { defaults, type Settings } from "./settings.js";

const unlikeDefaults: Settings = {
  batchNorm: false,
  fault: "stats-never-updated",
  hidden: [20, 3, 512],
  activation: "gelu",
  decay: "cumulative",
  epsilon: 1e-8,
  varianceCorrection: "unbiased",
  batchSize: 2,
  learningRate: 0.05,
  optimizer: "adam",
  init: "orthogonal",
  seed: 0,
};

describe("settings in the address", () => {
  it("the defaults are no text at all, and back", () => {
    expect(hashOf(defaults)).toBe("");
    for (const hash of ["", "#"]) expect(settingsOf(hash)).toEqual({ settings: defaults, problems: [] });
  });

  it("everything that is not the default is named, readable, and comes back", () => {
    const hash = hashOf(unlikeDefaults);
    expect(hash).toBe(
      "#batch-norm=off&fault=stats-never-updated&hidden=20,3,512&activation=gelu&decay=cumulative&epsilon=1e-8&variance=unbiased&batch=2&lr=0.05&optimizer=adam&init=orthogonal&seed=0",
    );
    expect(settingsOf(hash)).toEqual({ settings: unlikeDefaults, problems: [] });
  });

  it.each(plantableFaults)("plants %s", (fault) => {
    expect(settingsOf(`#fault=${fault}`).settings).toEqual({ ...defaults, fault });
  });

  it.each([
    ["decay=1", "Decay must be from 0 to below 1, or cumulative, got 1; it stays 0.9."],
    ["decay=-0.1", "Decay must be from 0 to below 1, or cumulative, got -0.1; it stays 0.9."],
    ["decay=", "Decay must be from 0 to below 1, or cumulative, got nothing; it stays 0.9."],
    ["epsilon=0", "ε must be a number above 0, at most 1, got 0; it stays 0.00001."],
    ["epsilon=2", "ε must be a number above 0, at most 1, got 2; it stays 0.00001."],
    ["batch=1", "Batch size must be an integer from 2 to 512, got 1; it stays 128."],
    ["batch=2.5", "Batch size must be an integer from 2 to 512, got 2.5; it stays 128."],
    ["batch=0x10", "Batch size must be an integer from 2 to 512, got 0x10; it stays 128."],
    ["lr=Infinity", "Learning rate must be a number above 0, at most 10, got Infinity; it stays 0.1."],
    ["seed=1e99", "Seed must be an integer from 0 to 2147483648, got 1e99; it stays 1."],
    [
      "hidden=64,1",
      "Hidden layers must be 1 to 4 widths from 2 to 512, such as 64, 32, got 64,1; it stays 64, 32.",
    ],
    [
      "hidden=8,8,8,8,8",
      "Hidden layers must be 1 to 4 widths from 2 to 512, such as 64, 32, got 8,8,8,8,8; it stays 64, 32.",
    ],
    [
      "hidden=",
      "Hidden layers must be 1 to 4 widths from 2 to 512, such as 64, 32, got nothing; it stays 64, 32.",
    ],
    [
      "activation=swish",
      "Activation must be one of relu, leaky-relu, sigmoid, tanh, gelu, got swish; it stays relu.",
    ],
    [
      "fault=stats-forgotten",
      "Planted fault must be none, or one of the catalogue's faults, got stats-forgotten; it stays none.",
    ],
    [
      "fault=stats-poisoned-by-nan",
      "Planted fault must be none, or one of the catalogue's faults, got stats-poisoned-by-nan; it stays none.",
    ],
    ["batch-norm=maybe", "Batch norm must be one of on, off, got maybe; it stays on."],
    ["momentum=0.9", "There is no setting momentum."],
  ])("%s is refused, and the rest is kept", (text, problem) => {
    expect(settingsOf(`#seed=7&${text}`)).toEqual({
      settings: { ...defaults, seed: 7 },
      problems: [problem.replace("stays 1.", "stays 7.")],
    });
  });
});
