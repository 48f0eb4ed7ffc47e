import { expect, test } from "vitest";
import { expectTensor, type TensorLike } from "./layer-like.js";

const good: TensorLike = { shape: [2, 2], data: new Float64Array(4) };

test("takes finite float64 tensors, also scalars and empty ones", () => {
  expectTensor("x", good);
  expectTensor("x", good, [2, 2]);
  expectTensor("x", { shape: [], data: new Float64Array(1) }, []);
  expectTensor("x", { shape: [0, 3], data: new Float64Array(0) });
});

test.each<[string, TensorLike | undefined, string]>([
  ["nothing", undefined, "x must be a tensor of shape [2, 2], got undefined"],
  [
    "a tensor without a shape",
    { data: good.data } as TensorLike,
    "x must be a tensor of shape [2, 2], got an object without a shape",
  ],
  [
    "float32",
    { shape: [2, 2], data: new Float32Array(4) },
    "x must hold its data in a Float64Array, got Float32Array",
  ],
  [
    "a plain array",
    { shape: [2, 2], data: [1, 2, 3, 4] },
    "x must hold its data in a Float64Array, got Array",
  ],
  [
    "no data",
    { shape: [2, 2] } as unknown as TensorLike,
    "x must hold its data in a Float64Array, got Undefined",
  ],
  ["another shape", { shape: [4], data: good.data }, "x must be a tensor of shape [2, 2], got shape [4]"],
  [
    "too few numbers",
    { shape: [2, 2], data: new Float64Array(3) },
    "x must hold 4 numbers for its shape [2, 2], got 3",
  ],
  [
    "NaN",
    { shape: [2, 2], data: Float64Array.of(0, 0, Number.NaN, 0) },
    "x must be finite, got NaN at [1, 0]",
  ],
  [
    "an infinity",
    { shape: [2, 2], data: Float64Array.of(0, Number.NEGATIVE_INFINITY, 0, 0) },
    "x must be finite, got -Infinity at [0, 1]",
  ],
])("refuses %s", (_, value, message) => {
  expect(() => expectTensor("x", value, [2, 2])).toThrow(new Error(`checkGradients: ${message}`));
});

test("without an expected shape it only asks for a tensor", () => {
  expect(() => expectTensor("x", undefined)).toThrow(
    new Error("checkGradients: x must be a tensor, got undefined"),
  );
});
