import { BatchNorm, Dense, ReLU, Sequential } from "@handgrad/layers";
import { normal, Random } from "@handgrad/tensor";
import { SGD } from "@handgrad/training";
import { createCorrectBatchNorm } from "bn-faults";
import { expect, it } from "vitest";
import "testing";
import { PlantedBatchNorm } from "./planted-batch-norm.js";

const options = { decay: 0.8, epsilon: 1e-3, varianceCorrection: "unbiased" } as const;
const planted = () =>
  new PlantedBatchNorm(createCorrectBatchNorm({ ...options, features: 4, precision: "float32" }));

it("is the layer that the plain implementation describes: a correct one computes what BatchNorm computes", () => {
  const layers = [planted(), new BatchNorm(4, options)];
  const rng = new Random(1);
  const [x, dy, later] = [normal([6, 4], rng), normal([6, 4], rng), normal([3, 4], rng)];
  const [own, expected] = layers.map((layer) => ({
    y: layer.forward(x, "train"),
    dx: layer.backward(dy),
    evalY: layer.forward(later, "eval"),
    gamma: layer.params.gamma.grad,
    beta: layer.params.beta.grad,
    popMean: layer.state.popMean,
    popVar: layer.state.popVar,
  }));
  for (const name of Object.keys(expected) as (keyof typeof expected)[]) {
    expect(own[name].shape).toEqual(expected[name].shape);
    expect(own[name]).toBeAllClose(expected[name]);
  }
  expect(layers[0].state.batches).toBe(1);
});

it("shares its memory with the plain implementation, so that a state dict reads and writes all of it", () => {
  const model = new Sequential(new Dense(4, 4), planted());
  const fresh = model.stateDict();
  expect(Object.keys(fresh)).toEqual([
    "0.weight",
    "0.bias",
    "1.gamma",
    "1.beta",
    "1.pop_mean",
    "1.pop_var",
    "1.batches",
  ]);
  const x = normal([5, 4], new Random(2));
  const untrained = model.forward(x, "eval");
  model.forward(x, "train");
  expect(model.forward(x, "eval")).not.toEqual(untrained);
  expect(model.stateDict()["1.batches"].data[0]).toBe(1);
  model.loadStateDict(fresh);
  expect(model.forward(x, "eval")).toEqual(untrained);
  expect(model.stateDict()).toEqual(fresh);
});

it("has its gradients in a network: an optimiser clears them, adds them up and moves the plain parameters", () => {
  const plain = createCorrectBatchNorm({ ...options, features: 4, precision: "float32" });
  const networks = [new PlantedBatchNorm(plain), new BatchNorm(4, options)].map(
    (layer) => new Sequential(new Dense(4, 4, { rng: new Random(3) }), layer, new ReLU()),
  );
  const rng = new Random(4);
  for (let step = 0; step < 3; step++) {
    const [x, dy] = [normal([6, 4], rng), normal([6, 4], rng)];
    const dxs = networks.map((network) => {
      const optimizer = new SGD(network.parameters(), { learningRate: 0.1 });
      network.forward(x, "train");
      optimizer.zeroGrad();
      const dx = network.backward(dy, { inputGradient: true });
      optimizer.step();
      return dx;
    });
    expect(dxs[0]).toBeAllClose(dxs[1]);
  }
  const [own, expected] = networks.map((network) => network.stateDict());
  for (const [path, value] of Object.entries(expected)) expect(own[path], path).toBeAllClose(value);
  expect(plain.gamma).toEqual(own["1.gamma"].data);
  expect(plain.gammaGradient).toEqual(networks[0].parameters()["1.gamma"].grad.data);
});
