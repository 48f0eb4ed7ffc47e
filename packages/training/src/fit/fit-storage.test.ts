import { BatchNorm, Dense, Dropout, type Layer, type Mode, ReLU, Sequential } from "@handgrad/layers";
import { clone, engine, fromData, normal, Random, type Rows } from "@handgrad/tensor";
import { expect, it } from "vitest";
import { batches } from "../batches/batches.js";
import type { Examples } from "../batches/examples.js";
import { evaluate } from "../metrics/evaluate.js";
import { SGD } from "../optimizers/sgd.js";
import { fit } from "./fit.js";

const rows = 64;
const examples = (count = 10 * rows): Examples<100> => ({
  inputs: normal([count, 100], new Random(1)),
  labels: fromData(
    Int32Array.from({ length: count }, (_, i) => i % 5),
    [count],
  ),
});

/** ReLU, as a layer that does not say that it keeps nothing. */
class ForeignReLU extends ReLU {}

function setUp(relu = new ReLU()) {
  const rng = new Random(2);
  const model = new Sequential(
    new Dense(100, 80, { rng }),
    new BatchNorm(80),
    relu,
    new Dropout(0.2, { rng }),
    new Dense(80, 5, { rng }),
  );
  return { model, optimizer: new SGD(model.parameters(), { learningRate: 0.1, momentum: 0.9 }), rng };
}

/** The scalar engine's kernels make scratch vectors of their own. */
const onWasm = engine() === "wasm";

it.runIf(onWasm)("a steady step allocates no storage, for training and for evaluation", async () => {
  const { model, optimizer, rng } = setUp();
  const data = examples();
  const inUse: number[] = [];
  const measure = () => inUse.push(process.memoryUsage().arrayBuffers);
  await fit(model, batches(data, { batchSize: rows, rng }), { epochs: 8, optimizer, onStep: measure });
  // The activations of a single step are 64·(100 + 3·80 + 5)·4 bytes = 88 kB; an epoch's order is 2.6 kB.
  expect(inUse[79] - inUse[20]).toBeLessThan(44_000);

  await evaluate(model, data, { batchSize: rows });
  const before = process.memoryUsage().arrayBuffers;
  await evaluate(model, data, { batchSize: rows });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(44_000);
});

it("storage that is used again gives the bits of storage that is new", async () => {
  const train = async (relu: ReLU, odd: number) => {
    const { model, optimizer, rng } = setUp(relu);
    const data = examples(10 * rows + odd);
    await fit(model, batches(data, { batchSize: rows, rng }), { epochs: 3, optimizer });
    const { loss } = await evaluate(model, data, { batchSize: 50 });
    return { loss, saved: Object.entries(model.stateDict()).map(([path, { data }]) => [path, [...data]]) };
  };
  for (const odd of [0, 17]) {
    expect(await train(new ReLU(), odd)).toEqual(await train(new ForeignReLU(), odd));
  }
});

it("a layer that keeps what it was given finds it unchanged", async () => {
  const kept: { readonly tensor: Rows; readonly copy: Rows }[] = [];
  const keep = (tensor: Rows) => kept.push({ tensor, copy: clone(tensor) });
  const keeper: Layer<5, 5> = {
    inWidth: 5,
    outWidth: 5,
    dtype: "float32",
    forward(x: Rows<5>, _mode: Mode) {
      keep(x);
      return x;
    },
    backward(dy: Rows<5>) {
      keep(dy);
      return dy;
    },
  };
  const { model } = setUp();
  const keeping = new Sequential(...model.layers, keeper) as unknown as typeof model;
  const optimizer = new SGD(keeping.parameters(), { learningRate: 0.1 });
  await fit(keeping, batches(examples(), { batchSize: rows }), { epochs: 2, optimizer });
  await evaluate(keeping, examples());
  expect(kept).toHaveLength(2 * 20 + 3);
  for (const { tensor, copy } of kept) expect(tensor).toEqual(copy);
});

it("batches of one's own stay one's own, and evaluations at the same time don't meet", async () => {
  const { model, optimizer } = setUp();
  const own = [...batches(examples(), { batchSize: rows })];
  const copies = own.map(({ inputs }) => clone(inputs));
  await fit(model, own, { epochs: 2, optimizer });
  expect(own.map(({ inputs }) => inputs)).toEqual(copies);

  const alone = [await evaluate(model, examples(100)), await evaluate(model, own)];
  const together = await Promise.all([evaluate(model, examples(100)), evaluate(model, own)]);
  expect(together.map(({ loss }) => loss)).toEqual(alone.map(({ loss }) => loss));
});

it("what a layer holds after fit is of its last step, whatever runs then", async () => {
  const { model, optimizer } = setUp();
  await fit(model, batches(examples(), { batchSize: rows }), { epochs: 1, optimizer });
  const gradient = normal([rows, 5], new Random(3));
  optimizer.zeroGrad();
  model.backward(gradient);
  const first = clone(model.parameters()["0.weight"].grad);
  const other = setUp();
  await fit(other.model, batches(examples(), { batchSize: rows }), { epochs: 1, optimizer: other.optimizer });
  optimizer.zeroGrad();
  model.backward(gradient);
  expect(model.parameters()["0.weight"].grad).toEqual(first);
});
