import { type AnyLayer, BatchNorm, Dense, ReLU, Sequential, softmaxCrossEntropy } from "@handgrad/layers";
import { cast, type FloatDType, fromData, gatherRows, Random, type Rows } from "@handgrad/tensor";
import { readFixture } from "testing";
import { beforeAll, describe, expect, it } from "vitest";
import { drawTrajectory, type Trajectory } from "../../fixtures/pytorch-trajectory.js";
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

  step(batch: readonly number[]): void {
    const inputs = fromData(drawn.x, [golden.rows, golden.widths[0]]);
    const value: Rows<number, FloatDType> = cast(gatherRows(inputs, batch), this.dtype);
    const labels = batch.map((row) => drawn.labels[row]);
    const { loss, gradient } = softmaxCrossEntropy(
      this.#model.forward(value as Rows<number, D>, "train"),
      labels,
    );
    this.#optimizer.zeroGrad();
    this.#model.backward(gradient);
    this.#optimizer.step();
    this.losses.push(loss);
  }

  get runningPairs() {
    return this.#model.layers
      .filter((layer) => layer instanceof BatchNorm)
      .map(({ state }) => ({ mean: state.popMean.data.slice(), variance: state.popVar.data.slice() }));
  }
}

describe("200 steps of the default network with batch norm, beside PyTorch in float64", () => {
  const run64 = new Run("float64");
  const run32 = new Run("float32");

  beforeAll(() => {
    const order = golden.order.flat();
    for (let step = 0; step < golden.losses.length; step++) {
      const batch = order.slice(step * golden.batch, (step + 1) * golden.batch);
      run64.step(batch);
      run32.step(batch);
    }
    // The limit of a test; a hook's is 10 seconds, which a busy machine exceeds.
  }, 60_000);

  it("starts from the same weights and rows, and does not come to rest", () => {
    expect(drawn.lastDraw).toBe(golden.lastDraw);
    expect(run64.losses.length).toBe(200);
    // Where a loss is near 0 its gradients are too, and the steps that follow would prove nothing.
    expect(Math.min(...golden.losses)).toBeGreaterThan(0.1);
  });

  it.each([
    // Rounding of 1e-16 by another order of summation, carried on for 200 steps: 6e-15 was measured.
    { run: run64, tolerance: { atol: 1e-10, rtol: 0 } },
    // Rounding of 6e-8, likewise: losses 6e-7 apart and running pairs 2e-6. A ReLU input that is positive in one
    // precision alone would part the runs, and both be right; from these weights there is none in 200 steps.
    { run: run32, tolerance: { atol: 1e-5, rtol: 0 } },
  ])(
    "has the same losses in $run.dtype, step by step, and the same running pairs in the end",
    ({ run, tolerance }) => {
      expect(run.losses).toBeAllClose(golden.losses, tolerance);
      for (const [index, { mean, variance }] of run.runningPairs.entries()) {
        expect(mean).toBeAllClose(golden.runningPairs[index].mean, tolerance);
        expect(variance).toBeAllClose(golden.runningPairs[index].variance, tolerance);
      }
    },
  );
});
