import "@tensorflow/tfjs-backend-cpu";
import {
  add,
  enableProdMode,
  grads,
  moments,
  mul,
  registerGradient,
  rsqrt,
  sub,
  type Tensor,
  tensor1d,
  tensor2d,
  tidy,
  version_core,
} from "@tensorflow/tfjs-core";
import { addGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Add_grad.js";
import { castGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Cast_grad.js";
import { meanGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Mean_grad.js";
import { multiplyGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Multiply_grad.js";
import { reshapeGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Reshape_grad.js";
import { rsqrtGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Rsqrt_grad.js";
import { squareGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Square_grad.js";
import { subGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Sub_grad.js";
import type { OneNeuron, OneNeuronGradients } from "./experiment.js";

// Without this the backend advises, on the terminal, to install the native one.
enableProdMode();

// The core registers none by itself. Here are those that the template needs; one that is missing, an error names.
for (const gradient of [
  addGradConfig,
  castGradConfig,
  meanGradConfig,
  multiplyGradConfig,
  reshapeGradConfig,
  rsqrtGradConfig,
  squareGradConfig,
  subGradConfig,
]) {
  registerGradient(gradient);
}

export const tensorFlowJsVersion: string = version_core;

/**
 * The question's template in TensorFlow.js, always in float32, with the gradients of its automatic differentiation.
 * It is written out as TensorFlow's `batch_normalization` has it: y = x·inv + (β − μ·inv) with inv = γ/√(σ² + ε).
 */
export function tensorFlowJsGradients(input: OneNeuron): OneNeuronGradients {
  const { x, dy, n, mode, gamma, beta, popMean, popVar, epsilon } = input;
  return tidy(() => {
    const layer = (rows: Tensor, g: Tensor, b: Tensor): Tensor => {
      const { mean, variance } =
        mode === "train" ? moments(rows, 0) : { mean: tensor1d([popMean]), variance: tensor1d([popVar]) };
      const inv = mul(rsqrt(add(variance, epsilon)), g);
      return add(mul(rows, inv), sub(b, mul(mean, inv)));
    };
    const inputs = [tensor2d([...x], [n, 1]), tensor1d([gamma]), tensor1d([beta])];
    const [dx, dGamma, dBeta] = grads(layer)(inputs, tensor2d([...dy], [n, 1]));
    return { dx: [...dx.dataSync()], dGamma: dGamma.dataSync()[0], dBeta: dBeta.dataSync()[0] };
  });
}
