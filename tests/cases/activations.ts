import { type Elementwise, LogSoftmax, ReLU, Sigmoid, Softmax } from "@handgrad/layers";
import type { FloatDType } from "@handgrad/tensor";
import { type Actual, type Case, type Replayer, toRows } from "./case.js";

/** A layer's output, and its dx where the case has a dy. */
function replay(layer: Elementwise, { inputs }: Case, dtype: FloatDType): Readonly<Record<string, Actual>> {
  const y = layer.forward(toRows(inputs.x, dtype), "eval");
  return inputs.dy ? { y, dx: layer.backward(toRows(inputs.dy, dtype)) } : { y };
}

const replayer =
  (create: () => Elementwise): Replayer =>
  (replayed, dtype) =>
    replay(create(), replayed, dtype);
const sigmoid = replayer(() => new Sigmoid());
const softmax = replayer(() => new Softmax());
const logSoftmax = replayer(() => new LogSoftmax());
const relu = replayer(() => new ReLU());

export const activationReplayers: Readonly<Record<string, Replayer>> = {
  relu,
  relu_grad: relu,
  sigmoid,
  sigmoid_grad: sigmoid,
  softmax,
  softmax_grad: softmax,
  log_softmax: logSoftmax,
  log_softmax_grad: logSoftmax,
};
