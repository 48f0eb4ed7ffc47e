import { inspect } from "node:util";
import { zeros } from "@handgrad/tensor";
import { expect, it } from "vitest";
import { BatchNorm } from "./batch-norm.js";
import { Dense } from "./dense.js";
import { Dropout } from "./dropout.js";
import type { AnyLayer, Layer } from "./layer.js";
import { ReLU } from "./relu.js";
import { Sequential } from "./sequential.js";
import { summary } from "./summary.js";

const model = new Sequential(
  new Dense(784, 256, { bias: false }),
  new BatchNorm(256),
  new ReLU(),
  new Dropout(0.5),
  new Dense(256, 10),
);

it("prints a table, on Node's console and as a string", () => {
  const found = summary(model);
  expect(String(found)).toMatchInlineSnapshot(`
    "   layer          output    parameters  state  multiply-adds/row
       input float32  [N, 784]
    0  Dense          [N, 256]     200,704                   200,704
    1  BatchNorm      [N, 256]         512    513
    2  ReLU           [N, 256]
    3  Dropout        [N, 256]                  4
    4  Dense          [N, 10]        2,570                     2,560
       total                       203,786    517            203,264"
  `);
  expect(inspect(found)).toBe(String(found));
});

it("has the numbers of the table", () => {
  const { dtype, inWidth, layers, parameters, state, multiplyAdds } = summary(model);
  expect({ dtype, inWidth, parameters, state, multiplyAdds }).toEqual({
    dtype: "float32",
    inWidth: 784,
    parameters: 784 * 256 + 2 * 256 + 256 * 10 + 10,
    state: 2 * 256 + 1 + 4,
    multiplyAdds: 784 * 256 + 256 * 10,
  });
  expect(layers[1]).toEqual({
    index: 1,
    name: "BatchNorm",
    width: 256,
    parameters: 512,
    state: 513,
    multiplyAdds: null,
  });
  expect(layers[2].width).toBe(256);
});

it("takes widths that only the run knows, and layers of one's own", () => {
  const widths: number[] = [3, 5];
  const own: Layer<5, 7, "float32"> = {
    name: "Mine",
    inWidth: 5,
    outWidth: 7,
    dtype: "float32",
    multiplyAdds: 1234567,
    params: { scale: { value: zeros([5]), grad: zeros([5]) } },
    state: { calls: 0, seen: zeros([2, 3]) },
    forward: () => zeros([1, 7]),
    backward: () => zeros([1, 5]),
  };
  const { name: _, ...unnamed } = own;
  const layers: AnyLayer[] = [new ReLU(), new Dense(widths[0], widths[1]), own];
  const found = summary(new Sequential(...layers));
  expect(found.inWidth).toBe(3);
  expect(found.layers.map(({ name, width }) => [name, width])).toEqual([
    ["ReLU", 3],
    ["Dense", 5],
    ["Mine", 7],
  ]);
  expect(found.layers[2]).toMatchObject({ parameters: 5, state: 7, multiplyAdds: 1234567 });
  expect(String(found)).toContain("1,234,567");
  expect(summary({ layers: [unnamed] }).layers[0].name).toBe("layer");
});

it("says where no layer knows the width", () => {
  const found = summary(new Sequential(new ReLU()));
  expect([found.dtype, found.inWidth, found.layers[0].width]).toEqual([null, null, null]);
  expect(String(found)).toMatchInlineSnapshot(`
    "   layer  output  parameters  state  multiply-adds/row
       input  [N, ?]
    0  ReLU   [N, ?]
       total                   0      0                  0"
  `);
});
