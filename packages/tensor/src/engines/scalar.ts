import type { Kernels } from "./kernels.js";
import { adagrad } from "./scalar/adagrad.js";
import { adam } from "./scalar/adam.js";
import { addRow, binary, relu, reluBackward, unary } from "./scalar/elementwise.js";
import { matmul } from "./scalar/matmul.js";
import {
  normalize,
  normalizeEvalBackward,
  normalizeSums,
  normalizeTrainBackward,
} from "./scalar/normalize.js";
import { addColumnSums, argmax, max, moments, sum } from "./scalar/reduce.js";
import { rmsprop } from "./scalar/rmsprop.js";
import { sgd, sgdMomentum } from "./scalar/sgd.js";
import { softmaxCrossEntropy } from "./scalar/softmax-cross-entropy.js";

/** The reference: plain TypeScript, every sum in float64. */
export const scalar = {
  name: "scalar",
  matmul,
  binary,
  unary,
  sum,
  max,
  argmax,
  moments,
  addRow,
  addColumnSums,
  relu,
  reluBackward,
  normalize,
  normalizeSums,
  normalizeTrainBackward,
  normalizeEvalBackward,
  softmaxCrossEntropy,
  sgd,
  sgdMomentum,
  rmsprop,
  adagrad,
  adam,
} satisfies Kernels;
