import type { Rows } from "@handgrad/tensor";
import { readFixture } from "testing";
import { describe, expect, it } from "vitest";
import { toTensor } from "../fixtures/numbers.js";
import type { PyTorchFixture } from "../fixtures/pytorch.js";
import { BatchNorm } from "./batch-norm.js";

const { batchNorm } = readFixture<PyTorchFixture>(import.meta.url, "pytorch.json");

/**
 * PyTorch computes in float64, from inputs that are exact in float32: our float32 differs from it by the rounding of
 * what it returns. Several roundings fit below these tolerances, a wrong term does not.
 */
const tolerances = { float64: { atol: 1e-14, rtol: 1e-13 }, float32: { atol: 1e-6, rtol: 1e-6 } };

/**
 * PyTorch's y = x·s + (β − μ·s) loses four digits at offset 1000 and deviation 0.1. In exact arithmetic (50 digits)
 * PyTorch is 3e-12 off; we are 1e-14 off at most.
 */
const tolerancesOfY: Readonly<Record<string, typeof tolerances>> = {
  "offset 1000, deviation 0.1": { ...tolerances, float64: { atol: 1e-11, rtol: 1e-13 } },
};

for (const [name, golden] of Object.entries(batchNorm)) {
  describe(`beside PyTorch's BatchNorm1d: ${name}`, () => {
    for (const dtype of ["float64", "float32"] as const) {
      it(`y, dx, dγ, dβ and the running pair in ${dtype}, over three training passes and an evaluation`, () => {
        const tolerance = tolerances[dtype];
        const toleranceOfY = (tolerancesOfY[name] ?? tolerances)[dtype];
        const layer = new BatchNorm<number, typeof dtype>(golden.gamma.data.length, {
          decay: golden.momentum === null ? "cumulative" : 1 - golden.momentum,
          epsilon: golden.epsilon,
          varianceCorrection: "unbiased",
          dtype,
        });
        layer.params.gamma.value.data.set(golden.gamma.data);
        layer.params.beta.value.data.set(golden.beta.data);
        const passes = [
          ...golden.train.map((pass) => ["train", pass] as const),
          ["eval", golden.eval] as const,
        ];
        for (const [mode, pass] of passes) {
          layer.params.gamma.grad.data.fill(0);
          layer.params.beta.grad.data.fill(0);
          const y = layer.forward(toTensor(pass.x, dtype) as Rows<number, typeof dtype>, mode);
          expect(y).toBeAllClose(pass.y, toleranceOfY);
          const dx = layer.backward(toTensor(pass.dy, dtype) as Rows<number, typeof dtype>);
          expect(dx).toBeAllClose(pass.dx, tolerance);
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
}
