import { type Elementwise, GELU, LeakyReLU, ReLU, Sigmoid, Tanh } from "@handgrad/layers";
import { tensor } from "@handgrad/tensor";
import { expect, it } from "vitest";
import type { ActivationName } from "./activations.js";
import { candidateOf } from "./candidate.js";
import { buildNetwork } from "./model.js";
import { networkDefaults } from "./network-settings.js";
import type { ObservedActivation } from "./observed-activation.js";

const settings = { ...networkDefaults, hidden: [4, 3] };

it.each<[ActivationName, new () => Elementwise]>([
  ["relu", ReLU],
  ["leaky-relu", LeakyReLU],
  ["sigmoid", Sigmoid],
  ["tanh", Tanh],
  ["gelu", GELU],
])("%s stands after each batch norm, observed", (activation, kind) => {
  const { model, batchNorms } = buildNetwork(5, { ...settings, activation }, candidateOf(settings));
  expect(model.layers).toHaveLength(7);
  const x = tensor([[-2, -0.5, 0, 3]]);
  for (const { index } of batchNorms) {
    const observed = model.layers[index + 1] as ObservedActivation;
    expect(observed.name).toBe(kind.name);
    expect(observed.forward(x, "train")).toEqual(new kind().forward(x, "train"));
    expect(observed.lastBatch).toBe(x);
    observed.forward(tensor([[1]]), "eval");
    expect(observed.lastBatch).toBe(x);
  }
});

it("is as wide as the images, and starts from the weights that were asked for", () => {
  const { model } = buildNetwork(5, { ...settings, init: "ones" }, null);
  const weights = Object.entries(model.stateDict()).filter(([path]) => path.endsWith("weight"));
  expect(weights.map(([, { shape }]) => shape)).toEqual([
    [5, 4],
    [4, 3],
    [3, 10],
  ]);
  for (const [, { data }] of weights) expect(new Set(data)).toEqual(new Set([1]));
  // Five ones, then four times as much, then three times that.
  expect(model.forward(tensor([[1, 1, 1, 1, 1]]), "eval").data[9]).toBe(60);
});
