import { allocate } from "../dtype.js";
import type { Engine } from "./engine.js";
import type { Kernels } from "./kernels.js";
import { unaryBackward } from "./scalar/activations.js";
import { adagrad } from "./scalar/adagrad.js";
import { adam } from "./scalar/adam.js";
import {
  addRow,
  binary,
  clear,
  leakyRelu,
  leakyReluBackward,
  relu,
  reluBackward,
  unary,
} from "./scalar/elementwise.js";
import { binaryCrossEntropy, squaredError, weightedCrossEntropy } from "./scalar/losses.js";
import { matmul } from "./scalar/matmul.js";
import {
  normalize,
  normalizeEvalBackward,
  normalizeSums,
  normalizeTrainBackward,
} from "./scalar/normalize.js";
import { normalizeRows, normalizeRowsBackward } from "./scalar/normalize-rows.js";
import { addColumnSums, argmax, max, moments, sum } from "./scalar/reduce.js";
import { rmsprop } from "./scalar/rmsprop.js";
import { sgd, sgdMomentum } from "./scalar/sgd.js";
import { logSoftmax, logSoftmaxBackward, softmax, softmaxBackward } from "./scalar/softmax.js";
import { softmaxCrossEntropy } from "./scalar/softmax-cross-entropy.js";

/** The reference: plain TypeScript, every sum in float64. */
export const scalar = {
  name: "scalar",
  matmul,
  clear,
  binary,
  unary,
  unaryBackward,
  sum,
  max,
  argmax,
  moments,
  addRow,
  addColumnSums,
  relu,
  reluBackward,
  leakyRelu,
  leakyReluBackward,
  softmax,
  softmaxBackward,
  logSoftmax,
  logSoftmaxBackward,
  normalize,
  normalizeSums,
  normalizeTrainBackward,
  normalizeEvalBackward,
  normalizeRows,
  normalizeRowsBackward,
  softmaxCrossEntropy,
  weightedCrossEntropy,
  binaryCrossEntropy,
  squaredError,
  sgd,
  sgdMomentum,
  rmsprop,
  adagrad,
  adam,
} satisfies Kernels;

export const scalarEngine: Engine = {
  kernels: scalar,
  get threads() {
    return 1;
  },
  set threads(_count) {},
  storage: allocate,
  part: (_dtype, whole, length) => whole.subarray(0, length) as typeof whole,
};
