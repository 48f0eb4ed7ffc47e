import { describe, expect, test } from "vitest";
import { checkGradients } from "./check-gradients.js";
import type { TensorLike } from "./layer-like.js";
import { type BatchNormFault, plainBatchNorm, scattered, tamperDx, worstElement } from "./test-layers.js";

/** Names of the gradients with elements outside the tolerance, by mode. */
function spoiled(fault: BatchNormFault, shape: number[], data = {}) {
  const { modes } = checkGradients(plainBatchNorm(shape[1], { fault }), { input: scattered(shape, data) });
  return Object.fromEntries(
    modes.map(({ mode, tensors }) => [
      mode,
      tensors.filter(({ outside }) => outside > 0).map(({ name }) => name),
    ]),
  );
}

describe("a wrong formula is found in the gradients that it spoils, and in no other", () => {
  test.each<[BatchNormFault, object, string[], string[]]>([
    ["x̂ term dropped", {}, ["dx"], []],
    ["gamma missing in dx", {}, ["dx"], ["dx"]],
    ["train formula in eval", {}, [], ["dx"]],
    ["epsilon missing in backward", { deviation: 1e-3 }, ["dx"], ["dx"]],
    // At σ² ≈ 1 dx is off by 5e-6 of its size.
    ["epsilon missing in backward", {}, ["dx"], ["dx"]],
    ["dbeta averaged", {}, ["beta"], ["beta"]],
  ])("%s, %o", (fault, data, train, evaluation) => {
    expect(spoiled(fault, [5, 3], data)).toEqual({ train, eval: evaluation });
  });

  test("also with two rows, where dx nearly vanishes", () => {
    expect(spoiled("x̂ term dropped", [2, 2])).toEqual({ train: ["dx"], eval: [] });
    expect(spoiled("gamma missing in dx", [2, 2])).toEqual({ train: ["dx"], eval: ["dx"] });
  });
});

describe("one wrong element of dx is named", () => {
  const input = scattered([4, 3]);
  for (const mode of ["train", "eval"] as const) {
    test.each([0, 4, 11])(`1e-6 of its size, in ${mode}, at %i`, (position) => {
      const layer = tamperDx(plainBatchNorm(3), position, (dx) => dx * (1 + 1e-6));
      const check = checkGradients(layer, { input, modes: [mode] });
      expect(check).toMatchObject({ pass: false, outside: 1 });
      const worst = worstElement(check);
      expect(worst).toMatchObject({ name: "dx", mode, index: [Math.floor(position / 3), position % 3] });
      expect(worst.error / Math.abs(worst.numeric)).toBeCloseTo(1e-6, 9);
      expect(worst.used).toBeGreaterThan(5);
    });
  }

  test("a wrong sign", () => {
    const check = checkGradients(
      tamperDx(plainBatchNorm(3), 7, (dx) => -dx),
      { input },
    );
    expect(check).toMatchObject({ pass: false, outside: 2, worst: { name: "dx", index: [2, 1] } });
    const { analytic, numeric, error } = worstElement(check);
    expect(analytic / numeric).toBeCloseTo(-1, 6);
    expect(error).toBeCloseTo(2 * Math.abs(numeric), 6);
  });

  test("an element that should not be zero", () => {
    const check = checkGradients(
      tamperDx(plainBatchNorm(3), 5, () => 0),
      { input, modes: ["train"] },
    );
    expect(check).toMatchObject({ outside: 1, worst: { index: [1, 2], analytic: 0 } });
  });
});

test("one wrong element of a parameter's gradient is named", () => {
  const layer = plainBatchNorm(4);
  const backward = (dy: TensorLike) => {
    const dx = layer.backward(dy);
    layer.params.gamma.grad.data[2] *= 1 + 1e-6;
    return dx;
  };
  const check = checkGradients({ ...layer, backward }, { input: scattered([5, 4]), modes: ["eval"] });
  expect(check).toMatchObject({
    pass: false,
    outside: 1,
    worst: { name: "gamma", index: [2], mode: "eval" },
  });
  expect(check.modes[0].tensors.map(({ name, outside }) => [name, outside])).toEqual([
    ["dx", 0],
    ["gamma", 1],
    ["beta", 0],
  ]);
});
