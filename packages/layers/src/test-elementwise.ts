import { checkGradients, type LayerLike } from "@handgrad/gradcheck";
import { type FloatDType, normal, Random, type Shape, type Tensor, tensor, zeros } from "@handgrad/tensor";
import { readFixture } from "testing";
import { expect, it } from "vitest";
import { toTensor } from "../fixtures/numbers.js";
import type { ElementwiseCase, PyTorchLayersFixture } from "../fixtures/pytorch-layers.js";
import type { Elementwise } from "./layer.js";

export const goldens = readFixture<PyTorchLayersFixture>(import.meta.url, "pytorch-layers.json");

/**
 * Sums of five terms at most, from inputs that are exact in float32. Where PyTorch forms 1 + erf or 1 − tanh, it is
 * itself off by a unit of 1, times an x of up to 20.
 */
const tolerances = { float64: { atol: 1e-14, rtol: 1e-13 }, float32: { atol: 1e-7, rtol: 1e-6 } };

/** What every layer that keeps any shape must do: PyTorch's numbers, its gradient, its messages, results of its own. */
export function itIsElementwise(
  name: string,
  create: () => Elementwise & LayerLike,
  golden: ElementwiseCase,
): void {
  it.each(["float64", "float32"] as const)("is PyTorch's, forward and backward, in %s", (dtype) => {
    const layer = create();
    expect(layer.forward(toTensor(golden.x, dtype), "train")).toBeAllClose(golden.y, tolerances[dtype]);
    expect(layer.backward(toTensor(golden.dy, dtype))).toBeAllClose(golden.dx, tolerances[dtype]);
  });

  it("proves its gradient for sizes around SIMD tails", () => {
    for (const size of [1, 2, 3, 4, 5, 17]) {
      const input = normal([3, size], new Random(size), { deviation: 2, dtype: "float64" });
      const check = checkGradients(create(), { input });
      expect(check.pass, JSON.stringify(check.worst)).toBe(true);
    }
  });

  it("keeps shape and dtype, takes empty batches, and never changes what it returned", () => {
    const layer = create();
    for (const shape of [[0, 3], [3, 0], [2, 1, 3], [4]]) {
      const x: Tensor<Shape, FloatDType> = zeros(shape, "float64");
      for (const result of [layer.forward(x, "eval"), layer.backward(x)]) {
        expect(result.shape).toEqual(shape);
        expect(result.dtype).toBe("float64");
      }
    }
    const y = layer.forward(tensor([[1, -2]]), "train");
    const dx = layer.backward(tensor([[3, 4]]));
    const before = [...y.data, ...dx.data];
    layer.forward(tensor([[5, 6]]), "train");
    layer.backward(tensor([[7, 8]]));
    expect([...y.data, ...dx.data]).toEqual(before);
  });

  it("keeps NaN, and says what is wrong", () => {
    const layer = create();
    expect(() => layer.backward(zeros([1]))).toThrow(
      new Error(`${name}.backward: there is no forward pass to go back through`),
    );
    const x = tensor([[Number.NaN]]);
    expect(layer.forward(x, "train").data[0]).toBeNaN();
    expect(layer.backward(tensor([[1]])).data[0]).toBeNaN();
    expect(() => layer.backward(zeros([1, 2]))).toThrow(
      /Backward: dy must be \[1, 1\], got \[1, 2\] \(axis 1 is 2, not 1\)$/,
    );
  });
}

/** y and dx (for dy = 1) of one x, in float64. */
export function at(layer: Elementwise, x: number): readonly [y: number, dx: number] {
  const y = layer.forward(tensor([x], "float64"), "train").data[0];
  return [y, layer.backward(tensor([1], "float64")).data[0]];
}
