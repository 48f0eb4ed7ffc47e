import {
  BatchNorm,
  Dense,
  Dropout,
  Flatten,
  GELU,
  LayerNorm,
  LeakyReLU,
  LogSoftmax,
  ReLU,
  Sequential,
  Sigmoid,
  Softmax,
  softmaxCrossEntropy,
  Tanh,
} from "@handgrad/layers";
import { type FloatDType, fromData, Random, type Rows } from "@handgrad/tensor";
import { normals } from "testing";
import type { AnyModel } from "./layer-spec.js";

/** Every layer that has state, and those between; trained for some steps, so that no number is what it began with. */
export function trainedModel(): AnyModel {
  const rng = new Random(3);
  const model = new Sequential(
    new Flatten(),
    new Dense(5, 7, { rng }),
    new BatchNorm(7, { epsilon: 1e-3, decay: 0.8, varianceCorrection: "unbiased" }),
    new ReLU(),
    new Dense(7, 6, { bias: false, rng }),
    new LayerNorm(6),
    new GELU(),
    new Dropout(0.25, { rng }),
    new Dense(6, 4, { rng }),
    new LeakyReLU({ negativeSlope: 0.2 }),
    new Dense(4, 3, { rng }),
  );
  train(model as AnyModel, 5);
  return model as AnyModel;
}

/** Every activation, one after the other, with both norms not behind a Dense. */
export function activationsModel(): AnyModel {
  const rng = new Random(4);
  const model = new Sequential(
    new BatchNorm(5, { decay: "cumulative" }),
    new Sigmoid(),
    new Dense(5, 6, { rng }),
    new Tanh(),
    new GELU({ approximate: "tanh" }),
    new LayerNorm(6, { epsilon: 1e-4 }),
    new BatchNorm(6),
    new Softmax(),
    new Dense(6, 4, { rng }),
    new BatchNorm(4, { epsilon: 0.01 }),
    new LogSoftmax(),
  );
  train(model as AnyModel, 5);
  return model as AnyModel;
}

/** Rows whose numbers are exact in float32. */
export const inputs = (rows: number, features: number, seed = 5): Rows =>
  fromData(Float32Array.from(normals(seed, rows * features, { mean: 0.5 })), [rows, features]);

function train(model: AnyModel, features: number): void {
  const classes = model.forward(inputs(2, features), "eval").shape[1];
  for (let step = 0; step < 8; step++) {
    const x = inputs(6, features, 10 + step);
    const y = model.forward(x, "train");
    const labels = [0, 1, 2, 0, 1, 2].map((label) => label % classes);
    model.backward(softmaxCrossEntropy(y as Rows<number, "float32">, labels).gradient);
    for (const { value, grad } of Object.values(model.parameters())) {
      value.data.forEach((held, i) => {
        value.data[i] = held - 0.05 * grad.data[i];
      });
      grad.data.fill(0);
    }
  }
}

export const outputsOf = (model: AnyModel, x: Rows<number, FloatDType>): Rows<number, FloatDType> =>
  model.forward(x, "eval");
