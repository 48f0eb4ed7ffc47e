import { BatchNorm } from "@handgrad/layers";
import { normal, Random } from "@handgrad/tensor";
import { createCorrectBatchNorm } from "bn-faults";
import { describe, expect, it } from "vitest";
import type { BatchNormLayer } from "./batch-norm-layer.js";
import { PlantedBatchNorm } from "./planted-batch-norm.js";
import { defaults } from "./settings.js";
import { subjectOf } from "./subject.js";

const settings = { ...defaults, decay: "cumulative", epsilon: 1e-3, varianceCorrection: "unbiased" } as const;
const layers: Record<string, () => BatchNormLayer> = {
  "this project's layer": () => new BatchNorm(3, settings),
  "a planted one": () =>
    new PlantedBatchNorm(createCorrectBatchNorm({ ...settings, features: 3, precision: "float32" })),
};
const rng = new Random(1);
const [x, dy] = [normal([4, 3], rng), normal([4, 3], rng)];

describe.each(Object.entries(layers))("%s as the judge sees it", (_, create) => {
  it("declares what was asked for", () => {
    expect(subjectOf(create(), settings)).toMatchObject({
      features: 3,
      precision: "float32",
      declared: { decay: "cumulative", epsilon: 1e-3, varianceCorrection: "unbiased" },
    });
  });

  it("computes what the layer computes, from any list of numbers", () => {
    const [layer, other] = [create(), create()];
    const subject = subjectOf(layer, settings);
    for (const mode of ["train", "eval"] as const) {
      expect(subject.forward([...x.data], 4, mode)).toEqual(other.forward(x, mode).data);
      expect(subject.backward(Float64Array.from(dy.data), 4)).toEqual(other.backward(dy).data);
    }
  });

  it("reads copies of all that the layer holds", () => {
    const layer = create();
    const subject = subjectOf(layer, settings);
    subject.forward(x.data, 4, "train");
    subject.backward(dy.data, 4);
    const read = subject.read();
    const { params, state } = layer;
    expect(read).toEqual({
      gamma: params.gamma.value.data,
      beta: params.beta.value.data,
      gammaGradient: params.gamma.grad.data,
      betaGradient: params.beta.grad.data,
      popMean: state.popMean.data,
      popVar: state.popVar.data,
      batches: 1,
    });
    const kept = Float32Array.from(read.popMean);
    subject.forward(dy.data, 4, "train");
    expect(read.popMean).toEqual(kept);
    expect(subject.read().popMean).not.toEqual(kept);
  });

  it("writes into the layer what is given, and nothing else", () => {
    const layer = create();
    const subject = subjectOf(layer, settings);
    const before = subject.read();
    subject.write({ gamma: [1, 2, 3], popVar: [4, 5, 6], batches: 7 });
    expect(subject.read()).toEqual({
      ...before,
      gamma: Float32Array.of(1, 2, 3),
      popVar: Float32Array.of(4, 5, 6),
      batches: 7,
    });
    expect([...layer.state.popVar.data, layer.state.batches]).toEqual([4, 5, 6, 7]);
    subject.write({ beta: [8, 9, 10] });
    expect(subject.read().batches).toBe(7);
  });
});
