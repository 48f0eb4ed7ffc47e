import { BatchNorm, Dense, ReLU, Sequential, softmaxCrossEntropy } from "@handgrad/layers";
import { Random, uniform } from "@handgrad/tensor";
import { bench, describe } from "vitest";
import { SGD } from "./optimizers/sgd.js";

/** Rows like MNIST's: four of five pixels are 0. */
function digits(rows: number) {
  const rng = new Random(1);
  const inputs = uniform([rows, 784], rng);
  for (let i = 0; i < inputs.data.length; i++) if (rng.uniform() < 0.8) inputs.data[i] = 0;
  return { inputs, labels: Int32Array.from({ length: rows }, (_, i) => i % 10) };
}

const rng = new Random(1);
const dense = () =>
  [new Dense(784, 256, { rng }), new Dense(256, 128, { rng }), new Dense(128, 10, { rng })] as const;
const [a, b, c] = dense();
const [d, e, f] = dense();
const models = {
  "784-256-128-10": new Sequential(a, new ReLU(), b, new ReLU(), c),
  "784-256-128-10 with batch norm": new Sequential(
    d,
    new BatchNorm(256),
    new ReLU(),
    e,
    new BatchNorm(128),
    new ReLU(),
    f,
  ),
};

for (const rows of [32, 128]) {
  describe(`training steps, batch ${rows} (hz: steps per second)`, () => {
    const { inputs, labels } = digits(rows);
    for (const [name, model] of Object.entries(models)) {
      const optimizer = new SGD(model.parameters(), { learningRate: 0.01 });
      bench(name, () => {
        const { gradient } = softmaxCrossEntropy(model.forward(inputs, "train"), labels);
        optimizer.zeroGrad();
        model.backward(gradient);
        optimizer.step();
      });
    }
  });
}
