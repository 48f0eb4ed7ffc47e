import type { Parameters } from "@handgrad/layers";
import { tensor } from "@handgrad/tensor";
import { Adagrad, Adam, AdamW, RMSprop, SGD } from "@handgrad/training";
import { expect, it } from "vitest";
import { type OptimizerName, optimizerOf, optimizers } from "./optimizers.js";

/** A network's parameters of 1 with no gradient: nothing but decay moves them. */
const still = (): Parameters =>
  Object.fromEntries(
    ["0.weight", "0.bias", "1.gamma", "1.beta"].map((path) => [
      path,
      { value: tensor([1]), grad: tensor([0]) },
    ]),
  );

it.each<[OptimizerName, unknown, object]>([
  ["sgd", SGD, { momentum: 0, nesterov: false }],
  ["momentum", SGD, { momentum: 0.9, nesterov: false }],
  ["nesterov", SGD, { momentum: 0.9, nesterov: true }],
  ["rmsprop", RMSprop, {}],
  ["adagrad", Adagrad, {}],
  ["adam", Adam, {}],
  ["adamw", AdamW, {}],
])("%s is made with its settings", (optimizer, kind, settings) => {
  const made = optimizerOf({ optimizer, learningRate: 0.5, weightDecay: 0 }, still());
  expect(made).toBeInstanceOf(kind);
  expect(made).toMatchObject({ ...settings, learningRate: 0.5 });
});

it.each(Object.keys(optimizers) as OptimizerName[])("%s decays weights alone", (optimizer) => {
  const parameters = still();
  optimizerOf({ optimizer, learningRate: 0.1, weightDecay: 0.1 }, parameters).step();
  const values = Object.values(parameters).map(({ value }) => value.data[0]);
  expect(values[0]).toBeLessThan(1);
  expect(values.slice(1)).toEqual([1, 1, 1]);
  const undecayed = still();
  optimizerOf({ optimizer, learningRate: 0.1, weightDecay: 0 }, undecayed).step();
  expect(undecayed["0.weight"].value.data[0]).toBe(1);
});
