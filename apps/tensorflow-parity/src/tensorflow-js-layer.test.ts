import "@tensorflow/tfjs-backend-cpu";
import { type BatchNormImplementation, diagnose } from "@handgrad/bn-doctor";
import * as tf from "@tensorflow/tfjs-core";
import { addGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Add_grad.js";
import { castGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Cast_grad.js";
import { fusedBatchNormGradConfig } from "@tensorflow/tfjs-core/dist/gradients/FusedBatchNorm_grad.js";
import { meanGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Mean_grad.js";
import { multiplyGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Multiply_grad.js";
import { reshapeGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Reshape_grad.js";
import { rsqrtGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Rsqrt_grad.js";
import { squareGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Square_grad.js";
import { squaredDifferenceGradConfig } from "@tensorflow/tfjs-core/dist/gradients/SquaredDifference_grad.js";
import { subGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Sub_grad.js";
import { sumGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Sum_grad.js";
import { layers } from "@tensorflow/tfjs-layers";
import { expect, it } from "vitest";

tf.enableProdMode();

// Registering all takes longer than the test. One that is missing, an error names.
for (const gradient of [
  addGradConfig,
  castGradConfig,
  fusedBatchNormGradConfig,
  meanGradConfig,
  multiplyGradConfig,
  reshapeGradConfig,
  rsqrtGradConfig,
  squareGradConfig,
  squaredDifferenceGradConfig,
  subGradConfig,
  sumGradConfig,
]) {
  tf.registerGradient(gradient);
}

/** TensorFlow.js' own BatchNormalization layer, as the doctor sees it. Gradients are its automatic differentiation's. */
function tensorFlowJsLayer(features: number): BatchNormImplementation {
  const layer = layers.batchNormalization({});
  layer.build([null, features]);
  const names = ["gamma", "beta", "popMean", "popVar"] as const;
  const variables = layer.weights;
  const numbers = (i: number) => Float32Array.from(variables[i].read().dataSync());
  const apply = (x: tf.Tensor, training: boolean) => layer.apply(x, { training }) as tf.Tensor;
  let last = { x: tf.zeros([1, features]), training: false };
  return {
    features,
    precision: "float32",
    forward(x, rows, mode) {
      last = { x: tf.tensor2d(Float32Array.from(x), [rows, features]), training: mode === "train" };
      return apply(last.x, last.training).dataSync();
    },
    backward(dy, rows) {
      const upstream = tf.tensor2d(Float32Array.from(dy), [rows, features]);
      const before = names.map((_, i) => numbers(i));
      const dx = tf.grad((x) => apply(x, last.training))(last.x, upstream);
      const [gamma, beta] = variables.map((weight) => weight.read() as tf.Variable);
      const { grads } = tf.variableGrads(
        () => tf.sum(tf.mul(apply(last.x, last.training), upstream)) as tf.Scalar,
        [gamma, beta],
      );
      // Differentiating goes through the forward pass again, which moves the pair again.
      layer.setWeights(before.map((values) => tf.tensor1d(values)));
      return {
        dx: dx.dataSync(),
        dgamma: grads[gamma.name].dataSync(),
        dbeta: grads[beta.name].dataSync(),
      };
    },
    read: () => Object.fromEntries(names.map((name, i) => [name, numbers(i)])),
    write(values) {
      layer.setWeights(names.map((name, i) => tf.tensor1d(Float32Array.from(values[name] ?? numbers(i)))));
    },
  };
}

it("TensorFlow.js' layer is healthy, follows Keras, and is fragile where it is known to be", () => {
  const diagnosis = diagnose(tensorFlowJsLayer(4), {
    declared: { epsilon: 1e-3, decay: 0.99, runningVariance: "biased" },
  });
  const present = diagnosis.faults.filter(({ status }) => status === "present").map(({ id }) => id);
  expect(present).toEqual(["stats-poisoned-by-nan", "mean-rounding", "batch-of-one-accepted"]);
  expect(diagnosis.convention.sameAs).toContain("Keras");
  expect(diagnosis.unexplained).toEqual([]);
  expect(diagnosis.healthy).toBe(true);
});
