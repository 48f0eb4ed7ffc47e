import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AnyModel,
  exportPyTorchModule,
  exportTorchrunScript,
  readModel,
  readTorchCheckpoint,
  type TorchOptimizer,
  writeModel,
  writeNpz,
  writeTorchCheckpoint,
} from "@handgrad/interop";
import {
  BatchNorm,
  Dense,
  Dropout,
  LayerNorm,
  ReLU,
  Sequential,
  softmaxCrossEntropy,
} from "@handgrad/layers";
import { fromData, Random, type Rows } from "@handgrad/tensor";
import { Adam, AdamW, type Optimizer, SGD } from "@handgrad/training";
import { normals } from "testing";
import { describe, expect, it } from "vitest";
import { run } from "./workspace.js";

/** A Python with torch and NumPy: HANDGRAD_PYTHON=/path/to/python pnpm unit torchrun. */
const python = process.env.HANDGRAD_PYTHON ?? "";

const ROWS = 16;
const x = fromData(Float32Array.from(normals(1, ROWS * 4)), [ROWS, 4]);
const labels = Int32Array.from({ length: ROWS }, (_, i) => i % 3);

function trainHere(model: AnyModel, optimizer: Optimizer, steps: number): void {
  for (let step = 0; step < steps; step++) {
    const logits = model.forward(x, "train") as Rows<number, "float32">;
    optimizer.zeroGrad();
    model.backward(softmaxCrossEntropy(logits, [...labels]).gradient);
    optimizer.step();
  }
}

/** Trains on in two processes, all rows in each batch, eight in each process; what it writes is taken into `model`. */
function trainThere(model: AnyModel, optimizer: Optimizer, options: TorchOptimizer, steps: number): string {
  const folder = mkdtempSync(join(tmpdir(), "handgrad-torchrun-"));
  try {
    writeFileSync(join(folder, "model.py"), exportPyTorchModule(model));
    writeFileSync(join(folder, "train.py"), exportTorchrunScript(options));
    writeFileSync(join(folder, "checkpoint.npz"), writeTorchCheckpoint(model, optimizer.stateDict()));
    writeFileSync(join(folder, "data.npz"), writeNpz({ inputs: x, labels: fromData(labels, [ROWS]) }));
    const torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2"];
    const args = ["checkpoint.npz", "data.npz", "out.npz", "--epochs", `${steps}`, "--batch-size", `${ROWS}`];
    const printed = run(python, [...torchrun, "train.py", ...args], folder);
    optimizer.loadStateDict(
      readTorchCheckpoint(new Uint8Array(readFileSync(join(folder, "out.npz"))), model),
    );
    return printed;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.skipIf(python === "")("torchrun with two gloo processes", () => {
  const create: Readonly<Record<string, [TorchOptimizer, (model: AnyModel) => Optimizer]>> = {
    SGD: [
      { name: "SGD", momentum: 0.9, nesterov: true, weightDecay: 0.01 },
      (model) =>
        new SGD(model.parameters(), { learningRate: 0.05, momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
    ],
    Adam: [{ name: "Adam" }, (model) => new Adam(model.parameters(), { learningRate: 0.01 })],
    AdamW: [{ name: "AdamW" }, (model) => new AdamW(model.parameters(), { learningRate: 0.01 })],
  };

  it.each(Object.entries(create))(
    "%s goes on as it would have here",
    (_, [options, createOptimizer]) => {
      const rng = new Random(2);
      const model = new Sequential(
        new Dense(4, 8, { rng }),
        new LayerNorm(8),
        new ReLU(),
        new Dense(8, 3, { rng }),
      ) as AnyModel;
      const optimizer = createOptimizer(model);
      trainHere(model, optimizer, 3);
      const { model: here } = readModel(writeModel(model));
      const optimizerHere = createOptimizer(here);
      optimizerHere.loadStateDict(optimizer.stateDict());
      trainHere(here, optimizerHere, 4);
      const before = model.stateDict();
      const printed = trainThere(model, optimizer, options, 4);

      expect(printed).toMatch(/^epoch 1\/4: mean loss [\d.]+\n(.*\n)*epoch 4\/4: mean loss [\d.]+\n$/);
      // Four float32 steps whose sums have another order; Adam divides by roots of small numbers.
      const close = { rtol: 1e-4, atol: 2e-6 };
      for (const [path, tensor] of Object.entries(here.stateDict())) {
        expect(model.stateDict()[path]).toBeAllClose(tensor, close);
        expect(model.stateDict()[path]).not.toEqual(before[path]);
      }
      for (const [path, tensor] of Object.entries(optimizerHere.stateDict())) {
        expect(optimizer.stateDict()[path]).toBeAllClose(tensor, close);
      }
      // And back again: training goes on here.
      trainHere(model, optimizer, 1);
    },
    120_000,
  );

  it("moves batch norm's running pair by ÷N, and comes back with the count", () => {
    const rng = new Random(2);
    const decay = 0.75;
    const layers = [
      new Dense(4, 8, { rng }),
      new BatchNorm(8, { decay }),
      new Dropout(0.1),
      new Dense(8, 3, { rng }),
    ];
    const model = new Sequential(...layers) as AnyModel;
    const optimizer = new SGD(model.parameters(), { learningRate: 1e-12 });
    trainHere(model, optimizer, 1);
    const before = model.stateDict();
    // The learning rate moves no weight, so every batch of the first process has the same eight rows' statistics of some order.
    trainThere(model, optimizer, { name: "SGD" }, 2);
    const after = model.stateDict();
    expect(after["1.batches"].data[0]).toBe(3);
    const hidden = (layers[0] as Dense).forward(x, "eval");
    for (let j = 0; j < 8; j++) {
      // Two batches of eight of the sixteen rows: the mean of their means is that of all rows only without shuffling,
      // but it must lie among the hidden values.
      const column = Array.from({ length: ROWS }, (_, n) => hidden.data[n * 8 + j]);
      const batch =
        (after["1.pop_mean"].data[j] - decay ** 2 * before["1.pop_mean"].data[j]) / (1 - decay ** 2);
      expect(batch).toBeGreaterThan(Math.min(...column));
      expect(batch).toBeLessThan(Math.max(...column));
      expect(after["1.pop_var"].data[j]).toBeGreaterThan(0);
    }
  }, 120_000);
});
