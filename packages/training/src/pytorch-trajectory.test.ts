import { type AnyLayer, BatchNorm, Dense, ReLU, Sequential, softmaxCrossEntropy } from "@handgrad/layers";
import { cast, type FloatDType, fromData, gatherRows, Random, type Rows } from "@handgrad/tensor";
import { readFixture } from "testing";
import { beforeAll, describe, expect, it } from "vitest";
import { drawTrajectory, type Trajectory } from "../fixtures/pytorch-trajectory.js";
import { SGD } from "./sgd.js";

const golden = readFixture<Trajectory>(import.meta.url, "pytorch-trajectory.json");
const drawn = drawTrajectory(golden);

/** The default network with batch norm and its optimiser, from the first weights that PyTorch started from. */
class Run<D extends FloatDType> {
  readonly losses: number[] = [];
  readonly #model: Sequential<number, number, D>;
  readonly #optimizer: SGD;

  constructor(readonly dtype: D) {
    const { widths, decay, epsilon, learningRate, momentum } = golden;
    const layers: AnyLayer[] = [];
    for (const [index, weights] of drawn.weights.entries()) {
      const dense = new Dense(widths[index], widths[index + 1], { rng: new Random(1), dtype });
      dense.params.weight.value.data.set(weights);
      layers.push(dense);
      if (index < drawn.weights.length - 1) {
        layers.push(
          new BatchNorm(widths[index + 1], { decay, epsilon, varianceCorrection: "unbiased", dtype }),
          new ReLU(),
        );
      }
    }
    this.#model = new Sequential(...layers) as Sequential<number, number, D>;
    this.#optimizer = new SGD(this.#model.parameters(), { learningRate, momentum });
  }

  /** One step on the rows of `batch`; returns what each ReLU got, by the index of its layer. */
  step(batch: readonly number[]): Map<number, ArrayLike<number>> {
    const inputs = fromData(drawn.x, [golden.rows, golden.widths[0]]);
    const reluInputs = new Map<number, ArrayLike<number>>();
    let value: Rows<number, FloatDType> = cast(gatherRows(inputs, batch), this.dtype);
    for (const [index, layer] of this.#model.layers.entries()) {
      if (layer instanceof ReLU) reluInputs.set(index, value.data);
      value = layer.forward(value, "train");
    }
    const labels = batch.map((row) => drawn.labels[row]);
    const { loss, gradient } = softmaxCrossEntropy(value as Rows<number, D>, labels);
    this.#optimizer.zeroGrad();
    this.#model.backward(gradient);
    this.#optimizer.step();
    this.losses.push(loss);
    return reluInputs;
  }

  get runningPairs() {
    return this.#model.layers
      .filter((layer) => layer instanceof BatchNorm)
      .map(({ state }) => ({ mean: state.popMean.data.slice(), variance: state.popVar.data.slice() }));
  }
}

interface Flip {
  /** From 0. */
  readonly step: number;
  readonly layer: number;
  readonly row: number;
  readonly feature: number;
  readonly float32: number;
  readonly float64: number;
}

/** The ReLU input furthest from 0 that is positive in one precision only: its derivative is 1 in one, 0 in the other. */
function findFlip(
  step: number,
  inputs32: ReadonlyMap<number, ArrayLike<number>>,
  inputs64: ReadonlyMap<number, ArrayLike<number>>,
): Flip | undefined {
  let found: Flip | undefined;
  for (const [layer, values32] of inputs32) {
    const values64 = inputs64.get(layer) ?? [];
    const features = values64.length / golden.batch;
    for (let i = 0; i < values64.length; i++) {
      const [float32, float64] = [values32[i], values64[i]];
      if (float32 > 0 === float64 > 0) continue;
      if (found && Math.abs(float64) <= Math.abs(found.float64)) continue;
      found = { step, layer, row: Math.floor(i / features), feature: i % features, float32, float64 };
    }
  }
  return found;
}

describe("200 steps of the default network with batch norm, beside PyTorch in float64", () => {
  const run64 = new Run("float64");
  const run32 = new Run("float32");
  let flip: Flip | undefined;
  /** The running pairs of both just before the step of the flip. */
  let pairs32 = run32.runningPairs;
  let pairs64 = run64.runningPairs;

  beforeAll(() => {
    const order = golden.order.flat();
    for (let step = 0; step < golden.losses.length; step++) {
      const batch = order.slice(step * golden.batch, (step + 1) * golden.batch);
      if (flip) {
        run64.step(batch);
        continue;
      }
      pairs32 = run32.runningPairs;
      pairs64 = run64.runningPairs;
      flip = findFlip(step, run32.step(batch), run64.step(batch));
    }
    // The limit of a test; a hook's is 10 seconds, which a busy machine exceeds.
  }, 60_000);

  it("starts from the same weights and rows, and does not come to rest", () => {
    expect(drawn.lastDraw).toBe(golden.lastDraw);
    expect(run64.losses.length).toBe(200);
    // Where a loss is near 0 its gradients are too, and the steps that follow would prove nothing.
    expect(Math.min(...golden.losses)).toBeGreaterThan(0.1);
  });

  it("has the same losses in float64, step by step, and the same running pairs in the end", () => {
    // Rounding of 1e-16 by another order of summation, carried on for 200 steps: 6e-15 was measured.
    const tolerance = { atol: 1e-10, rtol: 0 };
    expect(run64.losses).toBeAllClose(golden.losses, tolerance);
    for (const [index, { mean, variance }] of run64.runningPairs.entries()) {
      expect(mean).toBeAllClose(golden.runningPairs[index].mean, tolerance);
      expect(variance).toBeAllClose(golden.runningPairs[index].variance, tolerance);
    }
  });

  // The flip is one between our float32 and our float64 run, which is PyTorch's as the test above shows: at this input
  // the derivative of ReLU is 1 in one run and 0 in the other. Both are right, and the runs part: in this one the
  // losses are 2e-7 apart up to the flip and 7e-3 some fifty steps after it. (From other seeds there is no flip in 200
  // steps, and the losses stay within 3e-7 throughout.) The losses are compared with PyTorch's, that of the flip's step
  // included, which its forward pass still has; the running pairs, of which PyTorch's are recorded at the end only,
  // with those of our float64 run before that step.
  it("has the same losses in float32 up to the first ReLU input of another sign", async ({ annotate }) => {
    if (flip === undefined) throw new Error("there was no flip: compare all of it");
    const { step, layer, row, feature, float32, float64 } = flip;
    const name = `step ${step}, layer ${layer}, row ${row}, feature ${feature}: ${float32} in float32, ${float64} in float64`;
    await annotate(`first ReLU input of another sign: ${name}`);
    expect(step, name).toBeGreaterThan(100);
    expect(Math.abs(float32 - float64), `not by rounding: ${name}`).toBeLessThan(1e-5);

    const tolerance = { atol: 1e-4, rtol: 0 };
    expect(run32.losses).toHaveLength(step + 1);
    expect(run32.losses).toBeAllClose(golden.losses.slice(0, step + 1), tolerance);
    for (const [index, { mean, variance }] of pairs32.entries()) {
      expect(mean).toBeAllClose(Array.from(pairs64[index].mean), tolerance);
      expect(variance).toBeAllClose(Array.from(pairs64[index].variance), tolerance);
    }
  });
});
