import type { Kernels } from "../kernels.js";
import { scalar } from "../scalar.js";
import { type Exports, precision } from "./exports.js";
import type { LinearMemory } from "./linear-memory.js";
import { sweep } from "./sweep.js";

/** Losses of single elements: the sum runs on from block to block. */
export function lossKernels(exports: Exports, memory: LinearMemory) {
  const binaryCrossEntropy: Kernels["binaryCrossEntropy"] = (dlogits, logits, targets, scale) => {
    const kernel = exports[`binaryCrossEntropy${precision(logits)}`];
    let loss = 0;
    const done = sweep(
      memory,
      { writes: [dlogits], reads: [logits, targets], rows: logits.length, columns: 1 },
      ([toDlogits, atLogits, atTargets], length) => {
        loss = kernel(toDlogits, atLogits, atTargets, length, scale, loss);
      },
    );
    return done ? loss : scalar.binaryCrossEntropy(dlogits, logits, targets, scale);
  };

  const squaredError: Kernels["squaredError"] = (dpredictions, predictions, targets, scale) => {
    const kernel = exports[`squaredError${precision(predictions)}`];
    let total = 0;
    const done = sweep(
      memory,
      { writes: [dpredictions], reads: [predictions, targets], rows: predictions.length, columns: 1 },
      ([toDpredictions, atPredictions, atTargets], length) => {
        total = kernel(toDpredictions, atPredictions, atTargets, length, scale, total);
      },
    );
    return done ? total : scalar.squaredError(dpredictions, predictions, targets, scale);
  };

  return { binaryCrossEntropy, squaredError };
}
