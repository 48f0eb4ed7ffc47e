import type { Model } from "laboratory";
import { expect, it } from "vitest";
import { buildPaperNetwork } from "./network.js";

const settings = { weightScale: 0.1, seed: 4 };
const kinds = ({ layers }: Model) => layers.map((layer) => layer.name ?? layer.constructor.name);
const [plain, normalized] = [false, true].map(
  (batchNorm) => buildPaperNetwork(784, settings, batchNorm).model,
);

it("is the paper's: batch norm stands before each sigmoid, and the bias goes where it does nothing", () => {
  const shapes = (model: Model) =>
    Object.entries(model.parameters()).map(([path, { value }]) => `${path} ${value.shape.join("×")}`);
  expect(kinds(plain)).toEqual(["Dense", "Sigmoid", "Dense", "Sigmoid", "Dense", "Sigmoid", "Dense"]);
  expect(kinds(normalized)).toEqual([...Array(3).fill(["Dense", "BatchNorm", "Sigmoid"]).flat(), "Dense"]);
  expect(shapes(normalized)).toEqual([
    ...["0.weight 784×100", "1.gamma 100", "1.beta 100"],
    ...["3.weight 100×100", "4.gamma 100", "4.beta 100"],
    ...["6.weight 100×100", "7.gamma 100", "7.beta 100"],
    ...["9.weight 100×10", "9.bias 10"],
  ]);
  expect(shapes(plain)).toContain("0.bias 100");
});

it("both begin with the same weights, of the deviation asked for", () => {
  const weights = (model: Model) =>
    Object.entries(model.parameters()).flatMap(([path, { value }]) =>
      path.endsWith("weight") ? [...value.data] : [],
    );
  expect(weights(normalized)).toEqual(weights(plain));
  const all = weights(plain);
  const deviation = Math.sqrt(all.reduce((sum, weight) => sum + weight ** 2, 0) / all.length);
  // Four standard errors of a deviation from so many numbers: 0.1 · 4/√(2 · 99,400).
  expect(Math.abs(deviation - 0.1)).toBeLessThan(0.0009);
});
