import { fromData, tensor, zeros } from "@handgrad/tensor";
import { readFixture } from "testing";
import { describe, expect, it } from "vitest";
import { SGD } from "./sgd.js";

interface SGDFixture {
  readonly sgd: readonly {
    readonly momentum: number;
    readonly start: readonly number[];
    readonly steps: readonly { readonly grad: readonly number[]; readonly value: readonly number[] }[];
  }[];
}

describe("SGD", () => {
  const goldens = { PyTorch: "pytorch.json", Keras: "tensorflow-optimizers.json" };
  for (const [engine, file] of Object.entries(goldens)) {
    for (const golden of readFixture<SGDFixture>(import.meta.url, file).sgd) {
      it(`is ${engine}'s with momentum ${golden.momentum}, step by step`, () => {
        const value = fromData(Float64Array.from(golden.start), [4]);
        const grad = zeros([4], "float64");
        const optimizer = new SGD({ w: { value, grad } }, { learningRate: 0.1, momentum: golden.momentum });
        for (const step of golden.steps) {
          grad.data.set(step.grad);
          optimizer.step();
          // Float64, three roundings a step; Keras multiplies by the learning rate before it sums up.
          expect(value).toBeAllClose(step.value, { atol: 1e-15, rtol: 1e-14 });
        }
      });
    }
  }

  it("is the formula for all sizes around SIMD tails, with and without momentum", () => {
    for (const size of [0, 1, 2, 3, 4, 5, 17]) {
      for (const momentum of [0, 0.5]) {
        const w = { value: zeros([size], "float64"), grad: zeros([size], "float64") };
        for (let i = 0; i < size; i++) w.grad.data[i] = i - 2;
        const optimizer = new SGD({ w }, { learningRate: 0.25, momentum });
        optimizer.step();
        optimizer.step();
        expect([...w.value.data]).toEqual([...w.grad.data].map((g) => -0.25 * (2 + momentum) * g + 0));
      }
    }
  });

  it("clears gradients, and takes a learning rate that changes", () => {
    const w = { value: tensor([1]), grad: tensor([1]) };
    const optimizer = new SGD({ w }, { learningRate: 0.5 });
    optimizer.step();
    optimizer.learningRate = 0.25;
    optimizer.step();
    expect(w.value.data[0]).toBe(0.25);
    optimizer.zeroGrad();
    expect(w.grad.data[0]).toBe(0);
  });

  it("says what is wrong", () => {
    for (const learningRate of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => new SGD({}, { learningRate })).toThrow(
        `SGD: learningRate must be a positive number, got ${learningRate}`,
      );
    }
    expect(() => new SGD({}, { learningRate: 1, momentum: 1 })).toThrow(
      "SGD: momentum must be in [0, 1), got 1",
    );
  });
});
