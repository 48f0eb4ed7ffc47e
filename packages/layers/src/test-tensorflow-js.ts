/**
 * TensorFlow.js on its plain JavaScript backend, as a peer to compare with.
 *
 * Gradients register one by one: `dist/register_all_gradients` loads some four hundred modules, which takes five
 * times as long as all tests that use them. A gradient that is missing here is named by the error.
 */
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { addGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Add_grad.js";
import { batchMatMulGradConfig } from "@tensorflow/tfjs-core/dist/gradients/BatchMatMul_grad.js";
import { castGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Cast_grad.js";
import { fusedBatchNormGradConfig } from "@tensorflow/tfjs-core/dist/gradients/FusedBatchNorm_grad.js";
import { logSoftmaxGradConfig } from "@tensorflow/tfjs-core/dist/gradients/LogSoftmax_grad.js";
import { meanGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Mean_grad.js";
import { multiplyGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Multiply_grad.js";
import { negGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Neg_grad.js";
import { reluGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Relu_grad.js";
import { reshapeGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Reshape_grad.js";
import { rsqrtGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Rsqrt_grad.js";
import { squareGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Square_grad.js";
import { subGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Sub_grad.js";
import { sumGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Sum_grad.js";

// Without it the first operation prints a banner that advertises the native backend.
tf.enableProdMode();

for (const gradient of [
  addGradConfig,
  batchMatMulGradConfig,
  castGradConfig,
  fusedBatchNormGradConfig,
  logSoftmaxGradConfig,
  meanGradConfig,
  multiplyGradConfig,
  negGradConfig,
  reluGradConfig,
  reshapeGradConfig,
  rsqrtGradConfig,
  squareGradConfig,
  subGradConfig,
  sumGradConfig,
]) {
  tf.registerGradient(gradient);
}

/** What our float32 tensors are, structurally. */
interface Numbers {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const toTensor = ({ shape, data }: Numbers): tf.Tensor => tf.tensor(data, [...shape], "float32");

/** No interface: `tf.tidy` returns only what has an index signature, as a type alias has. */
export type TensorFlowPass = {
  readonly y: Float32Array;
  /** By the arguments of the function, in their order. */
  readonly gradients: Float32Array[];
};

/** y = f(inputs) and the gradients of Σ dy·y by each input, as TensorFlow.js differentiates. */
function differentiate(
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: readonly Numbers[],
  dy?: Numbers,
): TensorFlowPass {
  const y: Float32Array[] = [];
  const gradients = tf.tidy(() =>
    tf
      .grads((...tensors: tf.Tensor[]) => {
        const out = f(...tensors);
        y.push(out.dataSync() as Float32Array);
        return out;
      })(inputs.map(toTensor), dy && toTensor(dy))
      .map((gradient) => gradient.dataSync() as Float32Array),
  );
  return { y: y[0], gradients };
}

/**
 * Two ways to write batch norm in TensorFlow.js: its own operation, and the template of the question that the
 * project answers (`tf.nn.batch_normalization`, which folds mean and deviation into one product and one sum).
 */
export const batchNormForms = {
  "tf.batchNorm": (x, mean, variance, beta, gamma, epsilon) =>
    tf.batchNorm(x, mean, variance, beta, gamma, epsilon),
  "the question's template": (x, mean, variance, beta, gamma, epsilon) => {
    const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon)));
    return tf.add(tf.mul(x, scale), tf.sub(beta, tf.mul(mean, scale)));
  },
} satisfies Record<string, BatchNormForm>;

type BatchNormForm = (
  x: tf.Tensor2D,
  mean: tf.Tensor1D,
  variance: tf.Tensor1D,
  beta: tf.Tensor1D,
  gamma: tf.Tensor1D,
  epsilon: number,
) => tf.Tensor;

export interface TensorFlowBatchNormInput {
  readonly x: Numbers;
  readonly dy: Numbers;
  readonly gamma: Numbers;
  readonly beta: Numbers;
  readonly epsilon: number;
  /** The running pair of a testing pass; without one the moments are the batch's, `tf.moments`, in training. */
  readonly pair?: { readonly mean: Numbers; readonly variance: Numbers };
}

/** Gradients are dx, dγ and dβ. */
export function tensorFlowBatchNorm(
  form: keyof typeof batchNormForms,
  { x, dy, gamma, beta, epsilon, pair }: TensorFlowBatchNormInput,
): TensorFlowPass {
  return tf.tidy(() => {
    const constants = pair && { mean: toTensor(pair.mean), variance: toTensor(pair.variance) };
    const normalize = (...[x, gamma, beta]: tf.Tensor[]) => {
      const { mean, variance } = constants ?? tf.moments(x, 0);
      return batchNormForms[form](
        x as tf.Tensor2D,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        beta as tf.Tensor1D,
        gamma as tf.Tensor1D,
        epsilon,
      );
    };
    return differentiate(normalize, [x, gamma, beta], dy);
  });
}

/** Σᵢ −log softmax(relu(x·W + b))[labelᵢ]/N by x, W and b: the loss is `y[0]`. */
export function tensorFlowClassifier(
  x: Numbers,
  weight: Numbers,
  bias: Numbers,
  oneHot: Numbers,
): TensorFlowPass {
  return tf.tidy(() => {
    const labels = toTensor(oneHot);
    const loss = (...[x, weight, bias]: tf.Tensor[]) => {
      const logits = tf.relu(tf.add(tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D), bias));
      const total = tf.neg(tf.sum(tf.mul(labels, tf.logSoftmax(logits))));
      return tf.mul(total, 1 / x.shape[0]);
    };
    return differentiate(loss, [x, weight, bias]);
  });
}
