import { checkGradients } from "@handgrad/gradcheck";
import { type Matrix, normal, Random, type Rows, tensor, type Vector, zeros } from "@handgrad/tensor";
import { readFixture } from "testing";
import { describe, expect, it } from "vitest";
import { toTensor } from "../fixtures/numbers.js";
import type { PyTorchFixture } from "../fixtures/pytorch.js";
import type { TensorFlowFixture } from "../fixtures/tensorflow.js";
import { Dense, dense, denseBackward } from "./dense.js";

describe("dense", () => {
  const goldens = {
    PyTorch: readFixture<PyTorchFixture>(import.meta.url, "pytorch.json").dense,
    TensorFlow: readFixture<TensorFlowFixture>(import.meta.url, "tensorflow-layers.json").dense,
  };
  // Sums of at most five terms, from inputs that are exact in float32.
  const tolerances = { float64: { atol: 1e-14, rtol: 1e-13 }, float32: { atol: 1e-6, rtol: 1e-6 } };

  for (const [engine, golden] of Object.entries(goldens)) {
    for (const dtype of ["float64", "float32"] as const) {
      it(`is ${engine}'s linear layer, forward and backward, in ${dtype}`, () => {
        const tolerance = tolerances[dtype];
        const x = toTensor(golden.x, dtype) as Rows<number, typeof dtype>;
        const weight = toTensor(golden.weight, dtype) as Matrix<number, number, typeof dtype>;
        const bias = toTensor(golden.bias, dtype) as Vector<number, typeof dtype>;
        expect(dense(x, weight, bias)).toBeAllClose(golden.y, tolerance);
        const dy = toTensor(golden.dy, dtype) as Rows<number, typeof dtype>;
        const { dx, dWeight, dBias } = denseBackward(dy, x, weight);
        expect(dx).toBeAllClose(golden.dx, tolerance);
        expect(dWeight).toBeAllClose(golden.dWeight, tolerance);
        expect(dBias).toBeAllClose(golden.dBias, tolerance);
      });
    }
  }

  it("names widths that do not fit", () => {
    expect(() => dense(zeros([2, 3]), zeros([3, 5]), zeros([4]) as never)).toThrow(
      "dense: bias must be [5], got [4] (axis 0 is 4, not 5)",
    );
    expect(() => denseBackward(zeros([2, 2]), zeros([2, 3]) as Rows, zeros([2, 2]) as never)).toThrow(
      "denseBackward: x must be [N, 2], got [2, 3] (axis 1 is 3, not 2)",
    );
    expect(() => dense(zeros([2, 3]) as Rows, zeros([4, 5]) as Matrix)).toThrow(
      "dense: x must be [N, 4], got [2, 3] (axis 1 is 3, not 4)",
    );
    expect(() =>
      denseBackward(zeros([2, 4]) as Rows, zeros([3, 4]) as Rows, zeros([4, 4]) as Matrix),
    ).toThrow("denseBackward: dy must be [3, 4], got [2, 4] (axis 0 is 2, not 3)");
  });
});

describe("Dense", () => {
  it("proves its gradients for all sizes around the tiles, with and without bias", () => {
    const rng = new Random(1);
    for (const [rows, inWidth, outWidth] of [
      [1, 1, 1],
      [2, 3, 4],
      [4, 5, 2],
      [5, 17, 3],
      [3, 2, 17],
    ]) {
      for (const bias of [true, false]) {
        const layer = new Dense(inWidth, outWidth, { bias, rng, dtype: "float64" });
        const check = checkGradients(layer, { input: normal([rows, inWidth], rng, { dtype: "float64" }) });
        expect(check.pass, JSON.stringify(check.worst)).toBe(true);
      }
    }
  });

  it("takes an empty batch", () => {
    const layer = new Dense(3, 2);
    expect(layer.forward(zeros([0, 3]), "train").shape).toEqual([0, 2]);
    expect(layer.backward(zeros([0, 2])).shape).toEqual([0, 3]);
    expect(layer.params.weight.grad.data.every((g) => g === 0)).toBe(true);
  });

  it("adds to its gradients, with and without dx", () => {
    const layer = new Dense(2, 1);
    const x = tensor([[1, 2]]);
    const dy = tensor([[1]]);
    layer.forward(x, "train");
    layer.backward(dy);
    layer.backwardParameters(dy);
    expect([...layer.params.weight.grad.data]).toEqual([2, 4]);
    expect(layer.params.bias?.grad.data[0]).toBe(2);
    const narrow = new Dense(1, 3); // one row of xᵀ: the product's path for a single row
    narrow.forward(tensor([[2], [3]]), "train");
    for (let pass = 0; pass < 2; pass++)
      narrow.backward(
        tensor([
          [1, 0, 1],
          [0, 1, 1],
        ]),
      );
    expect([...narrow.params.weight.grad.data]).toEqual([4, 6, 10]);
  });

  it("copies what init returns, and checks it", () => {
    const init = () => w;
    const w = tensor([[1], [2]]) as never;
    const [a, b] = [new Dense(2, 1, { init }), new Dense(2, 1, { init })];
    a.params.weight.value.data[0] = 9;
    expect([...b.params.weight.value.data]).toEqual([1, 2]);
    expect(() => new Dense(3, 1, { init })).toThrow(
      "Dense: what init returns must be [3, 1], got [2, 1] (axis 0 is 2, not 3)",
    );
  });

  it("starts different layers differently, equal generators alike", () => {
    expect(new Dense(3, 3).params.weight.value.data).not.toEqual(new Dense(3, 3).params.weight.value.data);
    const twin = () => new Dense(3, 3, { rng: new Random(7) }).params.weight.value.data;
    expect(twin()).toEqual(twin());
  });

  it("says what is wrong with widths, inputs, dtypes and order", () => {
    expect(() => new Dense(0, 1)).toThrow("Dense: inFeatures must be a positive integer, got 0");
    expect(() => new Dense(1, 1.5)).toThrow("Dense: outFeatures must be a positive integer, got 1.5");
    const layer = new Dense(4, 2);
    expect(() => layer.backward(zeros([1, 2]))).toThrow(
      "Dense.backward: there is no forward pass to go back through",
    );
    expect(() => layer.forward(zeros([2, 3]) as never, "train")).toThrow(
      "Dense.forward: x must be [N, 4], got [2, 3] (axis 1 is 3, not 4)",
    );
    expect(() => layer.forward(zeros([2, 4], "float64") as never, "train")).toThrow(
      "Dense.forward: x must be float32, got float64",
    );
    layer.forward(zeros([2, 4]), "train");
    expect(() => layer.backward(zeros([3, 2]))).toThrow(
      "Dense.backward: dy must be [2, 2], got [3, 2] (axis 0 is 3, not 2)",
    );
  });
});
