import { expectShape, ones, tensor, zeros } from "@handgrad/tensor";
import { describe, expect, it } from "vitest";
import { Dense } from "./dense.js";
import { Flatten, flatten, flattenBackward } from "./flatten.js";
import { Sequential } from "./sequential.js";

const images = tensor([
  [
    [1, 2],
    [3, 4],
  ],
  [
    [5, 6],
    [7, 8],
  ],
]);

describe("flatten", () => {
  it("keeps the first axis and joins the others, and back", () => {
    const rows = flatten(images);
    expect(rows).toEqual(
      tensor([
        [1, 2, 3, 4],
        [5, 6, 7, 8],
      ]),
    );
    expect(flattenBackward(rows, images.shape)).toEqual(images);
    expect(flatten(zeros([2, 3])).shape).toEqual([2, 3]);
    expect(flatten(zeros([3])).shape).toEqual([3, 1]);
    expect(flatten(zeros([0, 28, 28])).shape).toEqual([0, 784]);
    expect(flatten(zeros([2, 0, 3])).shape).toEqual([2, 0]);
  });

  it("says what is wrong", () => {
    expect(() => flatten(tensor(1))).toThrow("flatten: x must have at least one axis, got []");
    expect(() => flattenBackward(zeros([2, 5]), images.shape)).toThrow(
      "flattenBackward: dy must be [2, 4], got [2, 5] (axis 1 is 5, not 4)",
    );
  });
});

describe("Flatten", () => {
  it("lets rows through, forward and backward, and nothing else", () => {
    const layer = new Flatten();
    const rows = ones([2, 3]);
    expect(() => layer.backward(rows)).toThrow(
      "Flatten.backward: there is no forward pass to go back through",
    );
    expect(layer.forward(rows, "eval")).toBe(rows);
    expect(layer.backward(rows)).toBe(rows);
    expect(() => layer.backward(zeros([2, 4]))).toThrow(
      "Flatten.backward: dy must be [2, 3], got [2, 4] (axis 1 is 4, not 3)",
    );
    expect(() => layer.forward(images, "train")).toThrow(
      "Flatten.forward: x must be rows, [N, F], got [2, 2, 2]; flatten(x) makes rows before a model",
    );
  });

  it("keeps the indices of a model that has one", () => {
    const model = new Sequential(new Flatten(), new Dense(4, 1));
    expect(Object.keys(model.parameters())).toEqual(["1.weight", "1.bias"]);
    expect(model.forward(expectShape(flatten(images), [null, 4]), "eval").shape).toEqual([2, 1]);
  });
});
