import { fromData, oneHot, type Rows, type Vector } from "@handgrad/tensor";
import { normals, uniforms } from "testing";
import { describe, expect, it } from "vitest";
import {
  batchNormEval,
  batchNormEvalBackward,
  batchNormTrain,
  batchNormTrainBackward,
} from "./batch-norm.js";
import { dense, denseBackward } from "./dense.js";
import { relu, reluBackward } from "./relu.js";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.js";
import { type RoundedPass, roundingBounds, shareUsed } from "./test-rounding.js";
import { batchNormForms, tensorFlowBatchNorm, tensorFlowClassifier } from "./test-tensorflow-js.js";

let seed = 0;
const matrix = (rows: number, columns: number, mean = 0, deviation = 1): Rows => {
  seed++;
  return fromData(Float32Array.from(normals(seed, rows * columns, { mean, deviation })), [rows, columns]);
};
const vector = (length: number, min: number, max: number): Vector => {
  seed++;
  return fromData(Float32Array.from(uniforms(seed, length, { min, max })), [length]);
};

// The question's own ε, in float32: at N = 2 dx is the small rest of terms of the size γ·r·max|dy| that cancel,
// and two right programs may differ by any factor there. The bounds are therefore absolute, in units of that size.
const epsilon = 1e-7;

describe.each(Object.keys(batchNormForms) as (keyof typeof batchNormForms)[])("%s", (form) => {
  describe.each([2, 3, 4, 5, 8, 16, 17, 32, 33])("%i rows", (rows) => {
    it.each([1, 2, 3, 4, 5, 16, 17])(
      "of %i features: y, dx, dγ and dβ in training and in testing",
      (features) => {
        const x = matrix(rows, features, 0.5, 2 ** ((features % 5) - 2)); // σ from 1/4 to 4
        const dy = matrix(rows, features);
        const gamma = vector(features, -2, 2);
        const beta = vector(features, -1, 1);
        const popMean = vector(features, -1, 1);
        const popVar = vector(features, 0.1, 2);

        const train = batchNormTrain(x, gamma, beta, epsilon);
        const test = batchNormEval(x, gamma, beta, popMean, popVar, epsilon);
        for (const { pass, gradients, pair } of [
          { pass: train, gradients: batchNormTrainBackward(dy, train.cache), pair: undefined },
          {
            pass: test,
            gradients: batchNormEvalBackward(dy, test.cache),
            pair: { mean: popMean, variance: popVar },
          },
        ]) {
          const { mode, mean, r } = pass.cache;
          const numbers = { x: x.data, dy: dy.data, gamma: gamma.data, beta: beta.data, mean, r, mode };
          const stored = "float32";
          const ourBounds = roundingBounds({
            ...numbers,
            arithmetic: "float64",
            stored,
          } satisfies RoundedPass);
          const theirBounds = roundingBounds({
            ...numbers,
            arithmetic: "float32",
            stored,
          } satisfies RoundedPass);
          const theirs = tensorFlowBatchNorm(form, { x, dy, gamma, beta, epsilon, ...(pair && { pair }) });

          const within = (name: "y" | "dx" | "dGamma" | "dBeta", ours: Float32Array, other: Float32Array) =>
            expect(
              shareUsed(ours, other, ourBounds[name], theirBounds[name]),
              `${mode}: ${name}`,
            ).toBeLessThanOrEqual(1);
          within("y", pass.y.data, theirs.y);
          within("dx", gradients.dx.data, theirs.gradients[0]);
          within("dGamma", gradients.dGamma.data, theirs.gradients[1]);
          within("dBeta", gradients.dBeta.data, theirs.gradients[2]);
        }
      },
    );
  });
});

it.each([
  [1, 1, 2],
  [2, 3, 4],
  [5, 17, 3],
  [16, 4, 10],
  [33, 17, 17],
])("dense, relu and softmax cross-entropy: %i rows, %i → %i", (rows, inFeatures, classes) => {
  const x = matrix(rows, inFeatures);
  const weight = matrix(inFeatures, classes, 0, 1 / Math.sqrt(inFeatures));
  const bias = vector(classes, -1, 1);
  const labels = Array.from(uniforms(rows, rows, { max: classes }), Math.floor);

  const z = dense(x, weight, bias);
  const { loss, gradient } = softmaxCrossEntropy(relu(z), labels);
  const { dx, dWeight, dBias } = denseBackward(reluBackward(gradient, z), x, weight);

  const theirs = tensorFlowClassifier(x, weight, bias, oneHot(labels, classes));
  // Sums of up to 33 terms of the order of 1, rounded at every step: 33·2⁻²⁴ = 2e-6.
  const tolerance = { atol: 2e-6, rtol: 2e-6 };
  expect(loss).toBeAllClose(theirs.y[0], tolerance);
  expect(dx.data).toBeAllClose(theirs.gradients[0], tolerance);
  expect(dWeight.data).toBeAllClose(theirs.gradients[1], tolerance);
  expect(dBias.data).toBeAllClose(theirs.gradients[2], tolerance);
});
