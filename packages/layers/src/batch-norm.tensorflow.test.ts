import { fromData, type Rows, type Vector } from "@handgrad/tensor";
import { readFixture } from "testing";
import { describe, expect, it } from "vitest";
import { type Numbers, toTensor } from "../fixtures/numbers.js";
import type { OneNeuronFixture, TensorFlowFixture } from "../fixtures/tensorflow.js";
import {
  BatchNorm,
  batchNormEval,
  batchNormEvalBackward,
  batchNormTrain,
  batchNormTrainBackward,
} from "./batch-norm.js";

type Rows64 = Rows<number, "float64">;
type Vector64 = Vector<number, "float64">;
const rows = (numbers: Numbers) => toTensor(numbers) as Rows64;

const { kerasBatchNorm, fusedBatchNorm } = readFixture<TensorFlowFixture>(
  import.meta.url,
  "tensorflow-layers.json",
);

describe("beside Keras' BatchNormalization, in float64", () => {
  /** Where Keras itself is off; in exact arithmetic (50 digits) it is by as much as it is from ours. */
  const tolerances: Readonly<Record<string, { atol: number; rtol: number }>> = {
    // y = x·s + (β − μ·s) loses four digits here, and dx five: 6e-12 and 6e-11.
    "offset 1000, deviation 0.1": { atol: 1e-10, rtol: 1e-12 },
    // Terms of a size of 300 cancel in dx.
    "deviation 1e-6": { atol: 1e-12, rtol: 1e-13 },
  };

  for (const [name, golden] of Object.entries(kerasBatchNorm)) {
    it(`${name}: y, dx, dγ, dβ and the running pair, over three training passes and an evaluation`, () => {
      // Rounding; two rows leave 1e-14 of cancelling terms.
      const tolerance = tolerances[name] ?? { atol: 2e-14, rtol: 1e-13 };
      const { epsilon, decay } = golden;
      const layer = new BatchNorm(golden.gamma.data.length, { decay, epsilon, dtype: "float64" });
      layer.params.gamma.value.data.set(golden.gamma.data);
      layer.params.beta.value.data.set(golden.beta.data);
      const passes = [
        ...golden.train.map((pass) => ["train", pass] as const),
        ["eval", golden.eval] as const,
      ];
      for (const [mode, pass] of passes) {
        layer.params.gamma.grad.data.fill(0);
        layer.params.beta.grad.data.fill(0);
        expect(layer.forward(rows(pass.x), mode)).toBeAllClose(pass.y, tolerance);
        expect(layer.backward(rows(pass.dy))).toBeAllClose(pass.dx, tolerance);
        expect(layer.params.gamma.grad).toBeAllClose(pass.dGamma, tolerance);
        expect(layer.params.beta.grad).toBeAllClose(pass.dBeta, tolerance);
        if ("popMean" in pass) {
          expect(layer.state.popMean).toBeAllClose(pass.popMean, tolerance);
          expect(layer.state.popVar).toBeAllClose(pass.popVar, tolerance);
        }
      }
      expect(layer.state.batches).toBe(golden.train.length);
    });
  }
});

describe("beside TensorFlow's fused kernel, which computes in float32", () => {
  /** Of y, dγ and dβ: a handful of float32's roundings, 6e-8 each, in sums of at most 17 terms. */
  const tolerance = { atol: 2e-6, rtol: 2e-6 };
  // Where dx cancels, or μ is rounded to float32, TensorFlow is off by more. In exact arithmetic (50 digits) it is by
  // as much as it is from our float64, which is exact to 1e-14.
  const exceptions: Readonly<Record<string, { y?: number; dx?: number }>> = {
    // dx is the small rest of terms of a size of 50: 6e-6 off, and five times that is allowed.
    "two rows, ε 1e-5": { dx: 3e-5 },
    // dx has a size of 500: 1e-4 off.
    "deviation 1e-3": { dx: 5e-4 },
    // μ is rounded to 3e-5, which is 3e-4 of σ: y and dγ are 3e-4 off, dx, of a size of 40, 2e-3.
    "offset 1000, deviation 0.1": { y: 1.5e-3, dx: 1e-2 },
  };

  for (const [name, golden] of Object.entries(fusedBatchNorm)) {
    const { epsilon, decay } = golden;
    const layerOf = () => {
      const layer = new BatchNorm(golden.gamma.data.length, {
        decay,
        epsilon,
        varianceCorrection: "unbiased",
        dtype: "float64",
      });
      layer.params.gamma.value.data.set(golden.gamma.data);
      layer.params.beta.value.data.set(golden.beta.data);
      layer.state.popMean.data.set(golden.popMean.data);
      layer.state.popVar.data.set(golden.popVar.data);
      return layer;
    };

    it(`${name}: y, dx, dγ, dβ and the running pair in training`, () => {
      const { y = tolerance.atol, dx = tolerance.atol } = exceptions[name] ?? {};
      const pass = golden.train;
      const layer = layerOf();
      expect(layer.forward(rows(pass.x), "train")).toBeAllClose(pass.y, { ...tolerance, atol: y });
      expect(layer.backward(rows(pass.dy))).toBeAllClose(pass.dx, { ...tolerance, atol: dx });
      expect(layer.params.gamma.grad).toBeAllClose(pass.dGamma, { ...tolerance, atol: y });
      expect(layer.params.beta.grad).toBeAllClose(pass.dBeta, tolerance);
      expect(layer.state.popMean).toBeAllClose(pass.popMeanAfter, tolerance);
      expect(layer.state.popVar).toBeAllClose(pass.popVarAfter, tolerance);
    });

    it(`${name}: y, dx, dγ and dβ in testing`, () => {
      const pass = golden.eval;
      const layer = layerOf();
      expect(layer.forward(rows(pass.x), "eval")).toBeAllClose(pass.y, tolerance);
      expect(layer.backward(rows(pass.dy))).toBeAllClose(pass.dx, tolerance);
      expect(layer.params.gamma.grad).toBeAllClose(pass.dGamma, tolerance);
      expect(layer.params.beta.grad).toBeAllClose(pass.dBeta, tolerance);
    });
  }
});

describe("beside the one neuron of TensorFlow's graph mode: tf.nn.moments and assigned running pair", () => {
  const { epsilon, decay, cases } = readFixture<OneNeuronFixture>(
    import.meta.url,
    "tensorflow-one-neuron.json",
  );
  const column = (values: readonly number[]) =>
    fromData(Float64Array.from(values), [values.length, 1]) as Rows64;
  const vector = (values: readonly number[]) => fromData(Float64Array.from(values), [1]) as Vector64;
  /** Of the float64 and of the float32 run of TensorFlow, both compared with our float64 for the same inputs. */
  const tolerances = { float64: { atol: 1e-14, rtol: 1e-13 }, float32: { atol: 2e-6, rtol: 2e-6 } };

  for (const golden of cases) {
    const { n, mode, dtype } = golden;
    const [x, dy] = [column(golden.x), column(golden.dy)];
    const [gamma, beta, popMean, popVar] = [golden.gamma, golden.beta, golden.popMean, golden.popVar].map(
      vector,
    );
    const title = `N = ${n}, ${mode}, ${dtype}`;
    const tolerance = tolerances[dtype];

    if (mode === "test") {
      it(title, () => {
        const { y, cache } = batchNormEval(x, gamma, beta, popMean, popVar, epsilon);
        const { dx, dGamma, dBeta } = batchNormEvalBackward(dy, cache);
        expect(y).toBeAllClose(golden.y, tolerance);
        expect(dx).toBeAllClose(golden.dx, tolerance);
        expect(dGamma).toBeAllClose(golden.dGamma, tolerance);
        expect(dBeta).toBeAllClose(golden.dBeta, tolerance);
      });
    } else if (n === 1) {
      it(`${title}: y = β and dx = 0 there; refused here`, () => {
        expect(golden.y).toEqual(golden.beta);
        expect(golden.dx).toEqual([0]);
        expect(() => batchNormTrain(x, gamma, beta, epsilon)).toThrow(
          "batchNormTrain: x must be [N>=2, 1], got [1, 1] (axis 0 is 1, less than 2)",
        );
      });
    } else {
      it(title, () => {
        const { y, cache } = batchNormTrain(x, gamma, beta, epsilon);
        const { dx, dGamma, dBeta } = batchNormTrainBackward(dy, cache);
        expect(y).toBeAllClose(golden.y, tolerance);
        expect(dx).toBeAllClose(golden.dx, tolerance);
        expect(dGamma).toBeAllClose(golden.dGamma, tolerance);
        expect(dBeta).toBeAllClose(golden.dBeta, tolerance);

        const layer = new BatchNorm<number, "float64">(1, { decay, epsilon, dtype: "float64" });
        layer.forward(x, "train");
        expect(layer.state.popMean).toBeAllClose(golden.popMeanAfter, tolerance);
        expect(layer.state.popVar).toBeAllClose(golden.popVarAfter, tolerance);
      });
    }
  }

  it("two rows are the question's example: 0.640 and 0.105 in testing, 1.2e-5 in training", () => {
    const dxOf = (mode: string) =>
      cases.find((c) => c.n === 2 && c.mode === mode && c.dtype === "float64")?.dx ?? [];
    expect(dxOf("test")).toBeAllClose([0.64, 0.105], { atol: 5e-4, rtol: 0 });
    expect(dxOf("train")).toBeAllClose([1.2e-5, -1.2e-5], { atol: 5e-7, rtol: 0 });
  });
});
