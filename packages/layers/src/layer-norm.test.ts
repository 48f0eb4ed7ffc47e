import { checkGradients } from "@handgrad/gradcheck";
import { normal, Random, type Rows, tensor, type Vector, zeros } from "@handgrad/tensor";
import { describe, expect, it } from "vitest";
import { toTensor } from "../fixtures/numbers.js";
import { LayerNorm, layerNorm, layerNormBackward } from "./layer-norm.js";
import { goldens } from "./test-elementwise.js";

describe("layerNorm", () => {
  // PyTorch's dx is a·x + b, which at offset 1000 and deviation 0.1 leaves it up to 4e-11 from exact arithmetic,
  // where ours is within 1e-13. Float32 rounds y and dx once, dx at sizes of up to 10.
  const tolerances = { float64: { atol: 5e-11, rtol: 1e-12 }, float32: { atol: 1e-6, rtol: 1e-6 } };

  for (const [name, golden] of Object.entries(goldens.layerNorm)) {
    it.each(["float64", "float32"] as const)(`is PyTorch's, forward and backward: ${name}, %s`, (dtype) => {
      const rows = (key: "x" | "dy") => toTensor(golden[key], dtype) as Rows<number, typeof dtype>;
      const vector = (key: "gamma" | "beta") => toTensor(golden[key], dtype) as Vector<number, typeof dtype>;
      const { y, cache } = layerNorm(rows("x"), vector("gamma"), vector("beta"), golden.epsilon);
      expect(y).toBeAllClose(golden.y, tolerances[dtype]);
      const { dx, dGamma, dBeta } = layerNormBackward(rows("dy"), cache);
      expect(dx).toBeAllClose(golden.dx, tolerances[dtype]);
      expect(dGamma).toBeAllClose(golden.dGamma, tolerances[dtype]);
      expect(dBeta).toBeAllClose(golden.dBeta, tolerances[dtype]);
    });
  }

  it("gives rows of mean 0 and variance 1, whatever the others are, also where squares overflow", () => {
    const gamma = tensor([1, 1, 1], "float64");
    const beta = tensor([0, 0, 0], "float64");
    const x = tensor(
      [
        [1, 2, 3],
        [-1e30, 0, 1e30],
        [1e200, 2e200, 3e200],
      ],
      "float64",
    );
    const row = [-Math.sqrt(1.5), 0, Math.sqrt(1.5)];
    expect(layerNorm(x, gamma, beta, 1e-14).y).toBeAllClose([row, row, row], { atol: 1e-13 });
    const single = layerNorm(tensor([[-1e30, 0, 1e30]]), tensor([1, 1, 1]), tensor([0, 0, 0]), 1e-5).y;
    expect(single).toBeAllClose([row], { atol: 1e-6 });
  });

  it("one NaN makes its row NaN, and no other", () => {
    const x = tensor([
      [Number.NaN, 0],
      [-1, 1],
    ]);
    const { y } = layerNorm(x, tensor([1, 1]), tensor([0, 0]), 1e-5);
    expect([...y.data].map(Number.isNaN)).toEqual([true, true, false, false]);
  });

  it("names widths that do not fit", () => {
    expect(() => layerNorm(zeros([2, 3]) as Rows, zeros([4]) as Vector, zeros([4]), 1e-5)).toThrow(
      "layerNorm: x must be [N, 4], got [2, 3] (axis 1 is 3, not 4)",
    );
    expect(() => layerNorm(zeros([2, 3]), zeros([3]), zeros([3]), -1)).toThrow(
      "layerNorm: epsilon must be a number of at least 0, got -1",
    );
    expect(() => layerNorm(zeros([2, 3]) as Rows, zeros([3]), zeros([4]) as Vector, 1e-5)).toThrow(
      "layerNorm: beta must be [3], got [4] (axis 0 is 4, not 3)",
    );
    const { cache } = layerNorm(zeros([2, 3]), zeros([3]), zeros([3]), 1e-5);
    expect(() => layerNormBackward(zeros([1, 3]), cache)).toThrow(
      "layerNormBackward: dy must be [2, 3], got [1, 3] (axis 0 is 1, not 2)",
    );
  });
});

describe("LayerNorm", () => {
  it("proves its gradients for sizes around SIMD tails, in both modes", () => {
    const rng = new Random(1);
    for (const features of [1, 2, 3, 4, 5, 17]) {
      const layer = new LayerNorm(features, { epsilon: 1e-3, dtype: "float64" });
      layer.params.gamma.value.data.set(normal([features], rng, { mean: 1.5, dtype: "float64" }).data);
      layer.params.beta.value.data.set(normal([features], rng, { dtype: "float64" }).data);
      const check = checkGradients(layer, { input: normal([3, features], rng, { dtype: "float64" }) });
      expect(check.pass, JSON.stringify(check.worst)).toBe(true);
    }
  });

  it("starts at γ 1 and β 0, is the same in both modes, adds to its gradients, and takes empty batches", () => {
    const layer = new LayerNorm(3);
    const x = tensor([[1, 2, 4]]);
    const y = layer.forward(x, "train");
    expect(layer.forward(x, "eval")).toEqual(y);
    expect(y).toBeAllClose(layerNorm(x, tensor([1, 1, 1]), tensor([0, 0, 0]), 1e-5).y, { atol: 0, rtol: 0 });
    layer.backward(tensor([[1, 2, 3]]));
    layer.backward(tensor([[1, 2, 3]]));
    expect([...layer.params.beta.grad.data]).toEqual([2, 4, 6]);
    expect(layer.forward(zeros([0, 3]), "train").shape).toEqual([0, 3]);
    expect(layer.backward(zeros([0, 3])).shape).toEqual([0, 3]);
  });

  it("never changes what it returned", () => {
    const layer = new LayerNorm(2);
    const y = layer.forward(tensor([[1, 2]]), "train");
    const dx = layer.backward(tensor([[3, 4]]));
    const before = [...y.data, ...dx.data];
    layer.forward(tensor([[7, 5]]), "train");
    layer.backward(tensor([[2, 9]]));
    expect([...y.data, ...dx.data]).toEqual(before);
  });

  it("says what is wrong", () => {
    expect(() => new LayerNorm(0)).toThrow("LayerNorm: features must be a positive integer, got 0");
    expect(() => new LayerNorm(2, { epsilon: 0 })).toThrow(
      "LayerNorm: epsilon must be a positive number, got 0",
    );
    const layer = new LayerNorm<number>(2);
    expect(() => layer.backward(zeros([1, 2]))).toThrow(
      "LayerNorm.backward: there is no forward pass to go back through",
    );
    expect(() => layer.forward(zeros([1, 3]), "train")).toThrow(
      "LayerNorm.forward: x must be [N, 2], got [1, 3] (axis 1 is 3, not 2)",
    );
    expect(() => layer.forward(zeros([1, 2], "float64") as never, "train")).toThrow(
      "LayerNorm.forward: x must be float32, got float64",
    );
    layer.forward(zeros([1, 2]), "train");
    expect(() => layer.backward(zeros([2, 2]))).toThrow(
      "LayerNorm.backward: dy must be [1, 2], got [2, 2] (axis 0 is 2, not 1)",
    );
  });
});
