import { BatchNorm, batchNormEval, batchNormEvalBackward, batchNormTrain } from "@handgrad/layers";
import type { FloatDType, Vector } from "@handgrad/tensor";
import { type Actual, type Case, type Json, type Replayer, toRows, toTensor, toVector } from "./case.js";

/** γ and β of a case over as many features as `like` has; null stands for 1 and 0. */
function affine({ params }: Pick<Case, "params">, like: Json, dtype: FloatDType) {
  const features = (like as readonly number[]).length;
  const constant = (value: number) =>
    toTensor(new Array(features).fill(value), [features], dtype) as Vector<number, FloatDType>;
  return {
    gamma: params.gamma ? toVector(params.gamma, dtype) : constant(1),
    beta: params.beta ? toVector(params.beta, dtype) : constant(0),
  };
}

/** The layer that a case describes, where it gives them with its running pair. */
export function batchNormOf({ params, inputs }: Pick<Case, "params" | "inputs">, dtype: FloatDType) {
  const firstRow = ((inputs.x ?? inputs.x_train) as readonly Json[])[0];
  const { gamma, beta } = affine({ params }, firstRow, dtype);
  const layer = new BatchNorm<number, FloatDType>(gamma.shape[0], {
    epsilon: params.eps as number,
    decay: (params.decay ?? 0.9) as number,
    varianceCorrection: (params.running_var ?? "biased") as "biased" | "unbiased",
    dtype,
  });
  layer.params.gamma.value.data.set(gamma.data);
  layer.params.beta.value.data.set(beta.data);
  if (inputs.running_mean) layer.state.popMean.data.set(inputs.running_mean as readonly number[]);
  if (inputs.running_var) layer.state.popVar.data.set(inputs.running_var as readonly number[]);
  return layer;
}

function infer({ params, inputs }: Case, dtype: FloatDType) {
  const { gamma, beta } = affine({ params }, inputs.mean, dtype);
  const [mean, variance] = [toVector(inputs.mean, dtype), toVector(inputs.var, dtype)];
  return batchNormEval(toRows(inputs.x, dtype), gamma, beta, mean, variance, params.eps as number);
}

const train: Replayer = (replayed, dtype) => {
  const { inputs } = replayed;
  const layer = batchNormOf(replayed, dtype);
  const x = toRows(inputs.x, dtype);
  const { gamma, beta } = layer.params;
  const { batch } = batchNormTrain(x, gamma.value, beta.value, layer.epsilon);
  const parts: Record<string, Actual> = {
    y: layer.forward(x, "train"),
    batch_mean: batch.mean,
    batch_var: batch.variance,
    running_mean: layer.state.popMean,
    running_var: layer.state.popVar,
  };
  if (inputs.dy) {
    parts.dx = layer.backward(toRows(inputs.dy, dtype));
    parts.dgamma = gamma.grad;
    parts.dbeta = beta.grad;
  }
  return parts;
};

const trainThenInfer: Replayer = (replayed, dtype) => {
  const { params, inputs } = replayed;
  const layer = batchNormOf(replayed, dtype);
  const { popMean, popVar } = layer.state;
  const yTrain = layer.forward(toRows(inputs.x_train, dtype), "train");
  const means = [...popMean.data];
  const variances = [...popVar.data];
  for (let i = 1; i < ((params.train_repeats ?? 1) as number); i++) {
    layer.forward(toRows(inputs.x_train, dtype), "train");
    means.push(...popMean.data);
    variances.push(...popVar.data);
  }
  const yInfer = layer.forward(toRows(inputs.x_infer, dtype), "eval");
  return {
    y_train: yTrain,
    y_infer: yInfer,
    y_infer_00: yInfer.data[0],
    // After the evaluation, which must not have moved them.
    running_mean: popMean,
    running_var: popVar,
    // After every training pass.
    running_mean_after: means,
    running_var_after: variances,
  };
};

export const batchNormReplayers: Readonly<Record<string, Replayer>> = {
  bn_infer: (replayed, dtype) => ({ y: infer(replayed, dtype).y }),
  bn_infer_grad: (replayed, dtype) => {
    const { y, cache } = infer(replayed, dtype);
    const dy = toRows(replayed.inputs.dy, dtype);
    const { dx, dGamma, dBeta } = batchNormEvalBackward(dy, cache);
    // TensorFlow.js differentiates by the mean and the variance too, which are constants here. They follow from the
    // others: y depends on the mean as on −x, and on the variance through r, like on γ.
    const { gamma, r } = cache;
    const features = gamma.shape[0];
    const dMean = new Float64Array(features);
    dx.data.forEach((value, i) => {
      dMean[i % features] -= value;
    });
    const dVariance = dGamma.data.map((value, j) => (-value * gamma.data[j] * r[j] ** 2) / 2);
    return { y, dx, dgamma: dGamma, dbeta: dBeta, dmean: dMean, dvar: dVariance };
  },
  bn_train: train,
  bn_train_grad: train,
  bn_train_then_infer: trainThenInfer,
  bn_repeat_then_infer: trainThenInfer,
};
