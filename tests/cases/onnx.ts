import {
  Dropout,
  logSoftmax,
  type Parameters,
  relu,
  sigmoid,
  softmax,
  softmaxCrossEntropy,
  tanh,
} from "@handgrad/layers";
import {
  add,
  type FloatDType,
  fromData,
  type Matrix,
  matmul,
  mul,
  type Rows,
  reshape,
  type Shape,
  type Tensor,
} from "@handgrad/tensor";
import { Adagrad, Adam, type Optimizer, SGD } from "@handgrad/training";
import { batchNormReplayers } from "./batch-norm.js";
import {
  type Actual,
  awaitExport,
  type Case,
  type Json,
  NotApplicable,
  type Numbers,
  toTensor,
} from "./case.js";
import { lossOfRows, noIgnoredLabel } from "./losses.js";

interface OnnxTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Numbers;
}

/** One case of `onnx.json`: a graph of one node. */
export interface OnnxCase {
  readonly name: string;
  readonly op_type: string;
  readonly attributes: Readonly<Record<string, Json>>;
  readonly nodes: readonly { readonly inputs: readonly string[] }[];
  readonly initializers: readonly OnnxTensor[];
  readonly graph_inputs: readonly string[];
  readonly inputs: readonly OnnxTensor[];
  readonly outputs: readonly OnnxTensor[];
  readonly tolerance: { readonly atol: number; readonly rtol: number };
  /** A batch norm seen as rows. */
  readonly bn_flat?: Readonly<Record<string, Json>>;
}

type Values = Tensor<Shape, FloatDType>;
type Attributes = OnnxCase["attributes"];
/** Computes a node's outputs, in order. */
type Node = (inputs: readonly OnnxTensor[], attributes: Attributes, dtype: FloatDType) => readonly Actual[];

const valuesOf = ({ data, shape }: OnnxTensor, dtype: FloatDType): Values => toTensor(data, shape, dtype);

/** `apply` on the rows along `axis`: it is moved to the end, and back. */
function alongAxis(
  x: Values,
  axis: number,
  apply: (rows: Rows<number, FloatDType>) => Rows<number, FloatDType>,
): Float64Array {
  const { rows, indexOf } = rowsAlong(x, axis);
  const result = apply(rows).data;
  return Float64Array.from(x.data, (_, i) => result[indexOf(i)]);
}

function rowsAlong(x: Values, axis: number) {
  const a = axis < 0 ? axis + x.shape.length : axis;
  const length = x.shape[a];
  const inner = x.shape.slice(a + 1).reduce((product, size) => product * size, 1);
  const indexOf = (i: number) =>
    (Math.floor(i / (inner * length)) * inner + (i % inner)) * length + (Math.floor(i / inner) % length);
  const data = new Float64Array(x.data.length);
  x.data.forEach((value, i) => {
    data[indexOf(i)] = value;
  });
  const rows = toTensor(data, [data.length / length, length], x.dtype) as Rows<number, FloatDType>;
  return { rows, indexOf };
}

const softmaxCrossEntropyLoss: Node = ([x, y, weight], { reduction, ignore_index }, dtype) => {
  if (ignore_index !== undefined) throw new NotApplicable(`no ignored label ${noIgnoredLabel}`);
  const logits = valuesOf(x, dtype);
  // Labels have the shape of the logits without the classes, so they are in the order of the rows.
  const { rows } = rowsAlong(logits, 1);
  const options = weight ? { classWeights: weight.data } : {};
  const { loss } = softmaxCrossEntropy(rows, y.data, options);
  const losses = lossOfRows(rows, y.data, options);
  const sum = losses.reduce((total, one) => total + one, 0);
  const reduced = { none: losses, mean: loss, sum };
  return [reduced[reduction as keyof typeof reduced], alongAxis(logits, 1, logSoftmax)];
};

/** Output and mask. Only what no generator decides can be compared: nothing is dropped, or the seed is NumPy's. */
const dropout: Node = ([x, ratio, training], { ratio: oldRatio }, dtype) => {
  const p = ratio?.data[0] ?? (oldRatio as number | undefined) ?? 0.5;
  const isTraining = Boolean(training?.data[0]);
  if (isTraining && p > 0)
    throw new NotApplicable("dropout draws its own mask, not that of NumPy's generator");
  const layer = new Dropout(p);
  const values = valuesOf(x, dtype);
  const mode = isTraining ? "train" : "eval";
  const y = layer.forward(values, mode);
  // dx of dy = 1 is the mask.
  const ones = toTensor(new Array(values.data.length).fill(1), values.shape, dtype);
  return [y, layer.backward(ones)];
};

const gemm: Node = ([a, b, c], { alpha = 1, beta = 1, transA, transB }, dtype) => {
  const scalar = (value: Json): Values => toTensor([value as number], [], dtype);
  const [left, right] = [a, b].map((x) => valuesOf(x, dtype) as Matrix<number, number, FloatDType>);
  const product = matmul(left, right, { transposeA: Boolean(transA), transposeB: Boolean(transB) });
  const scaled = mul(product as Values, scalar(alpha));
  return [c ? add(scaled, mul(valuesOf(c, dtype), scalar(beta))) : scaled];
};

const matMul: Node = ([a, b], _, dtype) => {
  if (b.shape.length > 2) throw new NotApplicable("matmul takes matrices, not stacks of them");
  // A vector on the left is a row, on the right a column; a stack of matrices times one is one matrix with more rows.
  const k = b.shape[0];
  const left = reshape(valuesOf(a, dtype), [a.data.length / k, k]) as Matrix<number, number, FloatDType>;
  const right = reshape(valuesOf(b, dtype), [k, b.data.length / k]) as Matrix<number, number, FloatDType>;
  return [matmul(left, right)];
};

const wait =
  (name: string, what = name): Node =>
  () =>
    awaitExport(name, what);
const unary =
  (apply: (x: Values) => Values): Node =>
  ([x], _, dtype) => [apply(valuesOf(x, dtype))];

/**
 * One step of an optimiser on `n` tensors. ONNX lists the learning rate, the step, the n tensors, their gradients, and
 * what is kept for each under the names of `kept`, n by n; and returns the tensors and what is kept in the same order.
 */
function update(
  kept: readonly string[],
  make: (
    parameters: Parameters,
    options: Attributes & { readonly learningRate: number; readonly weightDecay: number },
  ) => Optimizer,
  steps = 0,
): Node {
  return ([rate, step, ...tensors], { norm_coefficient, ...attributes }, dtype) => {
    if (step.data[0] !== 0) throw new NotApplicable("a first step other than 0");
    const n = tensors.length / (2 + kept.length);
    const values = tensors.map((tensor) => valuesOf(tensor, dtype));
    const parameters = Object.fromEntries(
      values.slice(0, n).map((value, i) => [`x${i}`, { value, grad: values[n + i] }]),
    );
    const learningRate = rate.data[0];
    const optimizer = make(parameters, {
      ...attributes,
      learningRate,
      weightDecay: norm_coefficient as number,
    });
    const paths = kept.flatMap((name) => Object.keys(parameters).map((path) => `${path}.${name}`));
    optimizer.loadStateDict({
      steps: fromData(Float64Array.of(steps), []),
      learning_rate: fromData(Float64Array.of(learningRate), []),
      ...Object.fromEntries(paths.map((path, i) => [path, values[2 * n + i]])),
    });
    optimizer.step();
    const state = optimizer.stateDict();
    return [...values.slice(0, n), ...paths.map((path) => state[path])];
  };
}

const nodes: Readonly<Record<string, Node>> = {
  Gemm: gemm,
  MatMul: matMul,
  Relu: unary(relu),
  Sigmoid: unary(sigmoid),
  Tanh: unary(tanh),
  Softmax: ([x], { axis = -1 }, dtype) => [alongAxis(valuesOf(x, dtype), axis as number, softmax)],
  LogSoftmax: ([x], { axis = -1 }, dtype) => [alongAxis(valuesOf(x, dtype), axis as number, logSoftmax)],
  SoftmaxCrossEntropyLoss: softmaxCrossEntropyLoss,
  NegativeLogLikelihoodLoss: wait("negativeLogLikelihood", "negative log-likelihood of log-probabilities"),
  Dropout: dropout,
  Adam: update(
    ["m", "v"],
    (parameters, { alpha, beta, ...options }) =>
      new Adam(parameters, { ...options, beta1: alpha as number, beta2: beta as number }),
    // Step 0 of ONNX corrects no bias, as ours does after so many that βᵗ is 0.
    1e9,
  ),
  Adagrad: update(
    ["sum"],
    (parameters, { decay_factor, ...options }) =>
      new Adagrad(parameters, { ...options, learningRateDecay: decay_factor as number }),
  ),
  // At step 0 the gradient counts in full, whatever `beta` says.
  Momentum: update(
    ["velocity"],
    (parameters, { alpha, beta: _, mode, ...options }) =>
      new SGD(parameters, { ...options, momentum: alpha as number, nesterov: mode === "nesterov" }),
  ),
};

/** A batch norm of `[N, C, …]` seen as `[N·…, C]`, as a case of the other files. */
function replayBatchNorm(replayed: OnnxCase, flat: Readonly<Record<string, Json>>, dtype: FloatDType) {
  const { mode, x, gamma, beta, eps, decay, running_mean, running_var, running_var_update } = flat;
  const isTraining = mode === "train";
  const params = { gamma, beta, eps, decay, running_var: running_var_update };
  const inputs = isTraining ? { x, running_mean, running_var } : { x, mean: running_mean, var: running_var };
  const asCase: Case = {
    id: replayed.name,
    op: isTraining ? "bn_train" : "bn_infer",
    params,
    inputs,
    expected: {},
    tolerance: replayed.tolerance,
  };
  const parts = batchNormReplayers[asCase.op](asCase, dtype);
  const names = {
    y: "y",
    running_mean: "new_running_mean",
    running_var: "new_running_var",
    batch_mean: "batch_mean",
    batch_var: "batch_var",
  };
  return Object.entries(names)
    .filter(([, name]) => flat[name] !== undefined)
    .map(([part, name]) => ({ name, actual: parts[part], expected: flat[name] }));
}

/** Computes every output of a case, beside what it expects. @throws NotApplicable where there is no such operation. */
export function replayOnnx(
  replayed: OnnxCase,
  dtype: FloatDType,
): readonly { readonly name: string; readonly actual: Actual; readonly expected: Json }[] {
  if (replayed.bn_flat) return replayBatchNorm(replayed, replayed.bn_flat, dtype);
  const node = nodes[replayed.op_type];
  if (!node) throw new NotApplicable(`no ${replayed.op_type}`);
  const bound = new Map(replayed.initializers.map((tensor) => [tensor.name, tensor]));
  const free = replayed.graph_inputs.filter((name) => !bound.has(name));
  for (const [i, name] of free.entries()) bound.set(name, replayed.inputs[i]);
  const inputs = replayed.nodes[0].inputs.map((name) => bound.get(name) as OnnxTensor);
  const actual = node(inputs, replayed.attributes, dtype);
  return replayed.outputs.map(({ data }, i) => ({ name: `output ${i}`, actual: actual[i], expected: data }));
}
