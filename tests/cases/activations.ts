import { relu, reluBackward, softmaxCrossEntropy } from "@handgrad/layers";
import {
  add,
  type FloatDType,
  oneHot,
  type Rows,
  type Shape,
  sliceRows,
  type Tensor,
} from "@handgrad/tensor";
import { awaitExport, findExport, NotApplicable, type Replayer, toRows, toTensor } from "./case.js";

type Values = Tensor<Shape, FloatDType>;

/** Any elementwise layer that is new without arguments. It joins as soon as it is exported. */
export function elementwise(name: string) {
  const Layer = findExport(name) as
    | (new () => { forward(x: Values, mode: "eval"): Values; backward(dy: Values): Values })
    | undefined;
  if (!Layer) throw new NotApplicable(`no ${name} yet`);
  return new Layer();
}

/** Of each row, read out of the loss: there is no softmax by itself. One row's gradient is softmax − onehot(label). */
export function softmaxRows(x: Rows<number, FloatDType>): Rows<number, FloatDType> {
  if (findExport("softmax") ?? findExport("Softmax")) awaitExport("softmax", "softmax");
  const [n, classes] = x.shape;
  const rows = Array.from({ length: n }, (_, i) => {
    const row = sliceRows(x, i, i + 1) as Rows<number, FloatDType>;
    return add(softmaxCrossEntropy(row, [0]).gradient, oneHot([0], classes, x.dtype));
  });
  return toTensor(
    rows.flatMap(({ data }) => Array.from(data)),
    [n, classes],
    x.dtype,
  ) as Rows<number, FloatDType>;
}

/** Of each row, read out of the loss: one row's loss for a label is −log softmax(row)[label]. */
export function logSoftmaxRows(x: Rows<number, FloatDType>): Rows<number, FloatDType> {
  if (findExport("logSoftmax") ?? findExport("LogSoftmax")) awaitExport("logSoftmax", "log-softmax");
  const [n, classes] = x.shape;
  const values = Array.from({ length: n * classes }, (_, i) => {
    const row = sliceRows(x, Math.floor(i / classes), Math.floor(i / classes) + 1);
    return -softmaxCrossEntropy(row as Rows<number, FloatDType>, [i % classes]).loss;
  });
  return toTensor(values, [n, classes], x.dtype) as Rows<number, FloatDType>;
}

export const activationReplayers: Readonly<Record<string, Replayer>> = {
  relu: ({ inputs }, dtype) => ({ y: relu(toRows(inputs.x, dtype)) }),
  relu_grad: ({ inputs }, dtype) => {
    const x = toRows(inputs.x, dtype);
    return { y: relu(x), dx: reluBackward(toRows(inputs.dy, dtype), x) };
  },
  sigmoid: ({ inputs }, dtype) => ({ y: elementwise("Sigmoid").forward(toRows(inputs.x, dtype), "eval") }),
  sigmoid_grad: ({ inputs }, dtype) => {
    const layer = elementwise("Sigmoid");
    return {
      y: layer.forward(toRows(inputs.x, dtype), "eval"),
      dx: layer.backward(toRows(inputs.dy, dtype)),
    };
  },
  softmax: ({ inputs }, dtype) => ({ y: softmaxRows(toRows(inputs.x, dtype)) }),
  softmax_grad: () => awaitExport("Softmax", "softmax with a backward pass of its own"),
  log_softmax: ({ inputs }, dtype) => ({ y: logSoftmaxRows(toRows(inputs.x, dtype)) }),
  log_softmax_grad: () => awaitExport("LogSoftmax", "log-softmax with a backward pass of its own"),
};
