import { fromData, tensor } from "@handgrad/tensor";
import { normals } from "testing";
import { describe, expect, it } from "vitest";
import { normalizer } from "./normalizer.js";

describe("normalizer", () => {
  const train = {
    inputs: tensor([
      [1, 5, 10],
      [3, 5, 30],
    ]),
    labels: tensor([0, 1], "int32"),
    classes: 2,
  };
  const test = { inputs: tensor([[5, 6, 20]]), labels: tensor([1], "int32") };

  it("uses the training data's statistics for both, feature by feature; a constant feature keeps its scale", () => {
    const normalize = normalizer(train);
    expect([...normalize.mean]).toEqual([2, 5, 20]);
    expect([...normalize.deviation]).toEqual([1, 1, 10]);
    expect([...normalize(train).inputs.data]).toEqual([-1, 0, -1, 1, 0, 1]);
    expect([...normalize(test).inputs.data]).toEqual([3, 1, 0]);
    expect(normalize(train).labels).toBe(train.labels);
    expect(normalize(train).classes).toBe(2);
    expect([...train.inputs.data], "the data themselves stay").toEqual([1, 5, 10, 3, 5, 30]);
  });

  it("or one mean and one deviation for all features", () => {
    const normalize = normalizer(
      {
        inputs: tensor([
          [0, 2],
          [4, 6],
        ]),
      },
      { per: "all" },
    );
    expect([...normalize.mean]).toEqual([3, 3]);
    expect(normalize.deviation).toBeAllClose([Math.sqrt(5), Math.sqrt(5)]);
    expect(normalize({ inputs: tensor([[3, 8]]) }).inputs).toBeAllClose([[0, Math.sqrt(5)]]);
  });

  it("leaves mean 0 and deviation 1, also for an offset of 10,000 deviations", () => {
    for (const [seed, mean] of [0, 10_000].entries()) {
      const inputs = fromData(Float64Array.from(normals(seed, 1000, { mean })), [250, 4]);
      const again = normalizer(normalizer({ inputs })({ inputs }));
      // 1e4 deviations off, x itself is rounded to 1e-12 of a deviation.
      expect(again.mean).toBeAllClose([0, 0, 0, 0], { atol: 1e-11 });
      expect(again.deviation).toBeAllClose([1, 1, 1, 1], { rtol: 1e-11 });
    }
  });

  it("says what is wrong", () => {
    expect(() => normalizer(train)({ inputs: tensor([[1, 2]]) as never })).toThrow(
      "normalize: inputs must be [N, 3], got [1, 2] (axis 1 is 2, not 3)",
    );
    expect(() => normalizer({ inputs: fromData(new Float32Array(), [0, 3]) })).toThrow(
      "normalizer: inputs must be [N>=1, N>=1], got [0, 3] (axis 0 is 0, less than 1)",
    );
  });
});
