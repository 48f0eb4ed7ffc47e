import { fromData } from "@handgrad/tensor";
import { describe, expect, it } from "vitest";
import { createModel, specsOf } from "./layer-spec.js";
import { readNpz } from "./npz.js";
import { exportPyTorchModule } from "./pytorch-module.js";
import { activationsModel, trainedModel } from "./test-models.js";
import { readTorchCheckpoint, writeTorchCheckpoint } from "./torch-checkpoint.js";
import { exportTorchrunScript } from "./torchrun-script.js";

describe("exportPyTorchModule", () => {
  it("has every layer with its options", () => {
    expect(
      exportPyTorchModule(trainedModel()),
    ).toBe(`"""The layers of a handgrad model; its weights come from a file."""

import torch
from torch import nn


class Model(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Flatten(),
            nn.Linear(5, 7),
            nn.BatchNorm1d(7, eps=0.001, momentum=1 - 0.8),
            nn.ReLU(),
            nn.Linear(7, 6, bias=False),
            nn.LayerNorm(6, eps=0.00001),
            nn.GELU(approximate="none"),
            nn.Dropout(0.25),
            nn.Linear(6, 4),
            nn.LeakyReLU(0.2),
            nn.Linear(4, 3),
        )
        self.to(torch.float32)
`);
  });

  it("divides the running variance as the model does", () => {
    const source = exportPyTorchModule(activationsModel());
    expect(source).toContain("class BiasedBatchNorm1d(nn.BatchNorm1d):");
    expect(source).toContain("BiasedBatchNorm1d(5, eps=0.00001, momentum=None)");
    expect(source).toContain('nn.GELU(approximate="tanh")');
    expect(source).toContain("nn.LogSoftmax(dim=-1)");
  });
});

describe("a checkpoint for torchrun", () => {
  const model = trainedModel();
  const counts = {
    steps: fromData(Float64Array.of(8), []),
    learning_rate: fromData(Float64Array.of(0.1), []),
  };
  const kept = (name: string) =>
    Object.fromEntries(
      Object.entries(model.parameters()).map(([path, { value }]) => [`${path}.${name}`, value]),
    );

  it.each([
    ["SGD with momentum", { ...counts, ...kept("velocity") }],
    ["Adam", { ...counts, ...kept("m"), ...kept("v") }],
    ["SGD", counts],
  ])("there and back: %s", (_, state) => {
    const copy = createModel(specsOf(model, "test"), "float32");
    const file = writeTorchCheckpoint(model, state);
    expect(readTorchCheckpoint(file, copy)).toEqual(state);
    expect(copy.parameters()).toEqual(model.parameters());
  });

  it("turns what is kept for a weight as the weight", () => {
    const { tensors } = readNpz(writeTorchCheckpoint(model, { ...counts, ...kept("velocity") }));
    expect(tensors["optimizer/1.weight/momentum_buffer"]).toEqual(tensors["model/1.weight"]);
    expect(tensors["optimizer/2.weight/momentum_buffer"]).toEqual(tensors["model/2.weight"]);
  });

  it("refuses what other optimisers keep", () => {
    expect(() => writeTorchCheckpoint(model, kept("square"))).toThrow(
      new Error('writeTorchCheckpoint: "1.weight.square" must be of SGD, Adam or AdamW and of the model'),
    );
  });
});

it("exportTorchrunScript has the optimiser's options, with the defaults of here", () => {
  expect(() => exportTorchrunScript({ name: "Lion" as "Adam" })).toThrow(
    "exportTorchrunScript: name must be SGD, Adam or AdamW, got Lion",
  );
  const line = (options: Parameters<typeof exportTorchrunScript>[0]) =>
    /return (torch\.optim.*)/.exec(exportTorchrunScript(options))?.[1];
  expect(line({ name: "SGD", momentum: 0.9, nesterov: true })).toBe(
    "torch.optim.SGD(parameters, lr=lr, momentum=0.9, nesterov=True, weight_decay=0)",
  );
  expect(line({ name: "AdamW" })).toBe(
    "torch.optim.AdamW(parameters, lr=lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)",
  );
  expect(line({ name: "Adam", beta1: 0.8, weightDecay: 0.1 })).toBe(
    "torch.optim.Adam(parameters, lr=lr, betas=(0.8, 0.999), eps=1e-8, weight_decay=0.1)",
  );
});
