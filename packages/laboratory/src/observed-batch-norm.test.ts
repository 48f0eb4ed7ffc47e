import { BatchNorm, Dense, Sequential } from "@handgrad/layers";
import { normal, Random } from "@handgrad/tensor";
import { describe, expect, it } from "vitest";
import "testing";
import { networkDefaults } from "./network-settings.js";
import { ObservedBatchNorm } from "./observed-batch-norm.js";

const settings = { ...networkDefaults, decay: 0.8, epsilon: 1e-3, varianceCorrection: "unbiased" } as const;
const rng = new Random(1);
const [first, second, dy] = [normal([6, 4], rng), normal([5, 4], rng), normal([5, 4], rng)];

function pair() {
  const observed = new ObservedBatchNorm(new BatchNorm(4, settings), settings);
  return { observed, bare: new BatchNorm(4, settings) };
}

describe("an observed batch norm", () => {
  it("computes, bit for bit, what the layer inside computes", () => {
    const { observed, bare } = pair();
    for (const x of [first, second]) expect(observed.forward(x, "train")).toEqual(bare.forward(x, "train"));
    expect(observed.backward(dy)).toEqual(bare.backward(dy));
    expect(observed.forward(first, "eval")).toEqual(bare.forward(first, "eval"));
    expect(observed.params).toEqual(bare.params);
    expect(observed.state).toEqual(bare.state);
  });

  it("has the layer's parameters and state, not copies, so that a network saves and loads them", () => {
    const { observed } = pair();
    const model = new Sequential(new Dense(4, 4), observed);
    model.forward(first, "train");
    const saved = model.stateDict();
    expect(Object.keys(saved).slice(2)).toEqual([
      "1.gamma",
      "1.beta",
      "1.pop_mean",
      "1.pop_var",
      "1.batches",
    ]);
    expect(saved["1.batches"].data[0]).toBe(1);
    const { observed: other } = pair();
    new Sequential(new Dense(4, 4), other).loadStateDict(saved);
    expect(other.layer.state).toEqual(observed.layer.state);
  });

  it("witnesses every training pass and no other, and agrees with the layer about the running pair", () => {
    const { observed } = pair();
    observed.forward(first, "train");
    observed.forward(dy, "eval");
    observed.forward(second, "train");
    observed.forward(dy, "eval");
    expect(observed.replay.batches).toBe(2);
    expect(observed.lastBatch).toBe(second);
    expect(observed.state.popMean).toBeAllClose(observed.replay.mean);
    expect(observed.state.popVar).toBeAllClose(observed.replay.variance);
  });

  it("is blind to passes that are no part of the training, and computes them", () => {
    const { observed } = pair();
    observed.forward(first, "train");
    expect(() =>
      observed.unobserved(() => {
        observed.forward(second, "train");
        throw new Error("a failed pass");
      }),
    ).toThrow("a failed pass");
    expect(observed.replay.batches).toBe(1);
    expect(observed.lastBatch).toBe(first);
    expect(observed.state.batches).toBe(2);
    observed.forward(second, "train");
    expect(observed.replay.batches).toBe(2);
  });

  it("has no last batch before the first training pass", () => {
    const { observed } = pair();
    observed.forward(first, "eval");
    expect(() => observed.lastBatch).toThrow("ObservedBatchNorm: there was no training pass");
  });
});
