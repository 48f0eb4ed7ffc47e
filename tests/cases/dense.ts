import { dense, denseBackward, relu, sigmoid, softmax, softmaxCrossEntropy, tanh } from "@handgrad/layers";
import type { FloatDType, Matrix, Rows, Vector } from "@handgrad/tensor";
import { type Case, NotApplicable, type Replayer, toRows, toVector } from "./case.js";
import { requireOneHot } from "./losses.js";

function forward({ params, inputs }: Case, dtype: FloatDType) {
  const x = toRows(inputs.x, dtype);
  const weight = toRows(params.W, dtype) as Matrix<number, number, FloatDType>;
  const bias: Vector<number, FloatDType> | undefined = params.b ? toVector(params.b, dtype) : undefined;
  return { x, weight, y: dense(x, weight, bias) };
}

function activate(y: Rows<number, FloatDType>, activation: unknown): Rows<number, FloatDType> {
  switch (activation ?? "linear") {
    case "linear":
      return y;
    case "relu":
      return relu(y);
    case "softmax":
      return softmax(y);
    case "sigmoid":
      return sigmoid(y);
    case "tanh":
      return tanh(y);
    default:
      throw new NotApplicable(`no ${activation} yet`);
  }
}

export const denseReplayers: Readonly<Record<string, Replayer>> = {
  dense: (replayed, dtype) => ({ y: activate(forward(replayed, dtype).y, replayed.params.activation) }),
  dense_grad: (replayed, dtype) => {
    if (replayed.params.activation) throw new Error("the gradient of this activation is not replayed");
    const { x, weight, y } = forward(replayed, dtype);
    const { dx, dWeight, dBias } = denseBackward(toRows(replayed.inputs.dy, dtype), x, weight);
    return { y, dx, dW: dWeight, db: dBias };
  },
  dense_xent_grad: (replayed, dtype) => {
    const targets = requireOneHot(replayed.inputs.targets, dtype);
    const { x, weight, y } = forward(replayed, dtype);
    const { dx, dWeight } = denseBackward(softmaxCrossEntropy(y, targets).gradient, x, weight);
    return { dx, dW: dWeight };
  },
};
