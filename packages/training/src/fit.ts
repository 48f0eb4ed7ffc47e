import { type Sequential, softmaxCrossEntropy } from "@handgrad/layers";
import type { FloatDType, Rows } from "@handgrad/tensor";
import { breather } from "./breathe.js";
import type { Examples } from "./examples.js";
import { layerOutputs, locateNonFinite, NonFiniteLossError } from "./non-finite.js";
import type { Optimizer } from "./optimizer.js";

export interface StepInfo {
  /** Steps done, this one included. */
  readonly step: number;
  /** The epoch that the step belongs to, from 1. */
  readonly epoch: number;
  /** Training-mode loss of the step's batch, before its update. */
  readonly loss: number;
  /** Rows of the batch. */
  readonly rows: number;
}

export interface FitOptions {
  /** Passes over the batches. */
  readonly epochs: number;
  readonly optimizer: Optimizer;
  /** Called after every step; a promise is awaited. */
  readonly onStep?: (info: StepInfo) => unknown;
  /** Called after every epoch; a promise is awaited. */
  readonly onEpoch?: (info: { readonly epoch: number; readonly step: number }) => unknown;
}

/**
 * Trains `model` by softmax cross-entropy on `batches`, one pass over them an epoch.
 * Lets the event loop run every 50 ms or so.
 * @throws NonFiniteLossError as soon as a loss is NaN or infinite, before the step's update;
 *   RangeError where epochs is no positive integer or a pass has no batch.
 */
export async function fit<In extends number, Out extends number, D extends FloatDType>(
  model: Sequential<In, Out, D>,
  batches: Iterable<Examples<NoInfer<In>, NoInfer<D>>>,
  { epochs, optimizer, onStep, onEpoch }: FitOptions,
): Promise<void> {
  if (!Number.isSafeInteger(epochs) || epochs < 1) {
    throw new RangeError(`fit: epochs must be a positive integer, got ${epochs}`);
  }
  const breathe = breather();
  let step = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const before = step;
    for (const { inputs, labels } of batches) {
      step++;
      const loss = trainStep(model, inputs, labels, optimizer, step);
      await onStep?.({ step, epoch, loss, rows: inputs.shape[0] });
      await breathe();
    }
    if (step === before) throw new RangeError(`fit: epoch ${epoch} has no batch`);
    await onEpoch?.({ epoch, step });
  }
}

function trainStep<In extends number, Out extends number, D extends FloatDType>(
  model: Sequential<In, Out, D>,
  inputs: Rows<In, D>,
  labels: Examples["labels"],
  optimizer: Optimizer,
  step: number,
): number {
  // Layer by layer instead of model.forward, to have every output at hand when the loss is not finite.
  const outputs = layerOutputs(model, inputs, "train");
  const { loss, gradient } = softmaxCrossEntropy(outputs[outputs.length - 1] as Rows<Out, D>, labels);
  if (!Number.isFinite(loss)) {
    throw new NonFiniteLossError(loss, step, locateNonFinite(model.layers, inputs, outputs));
  }
  optimizer.zeroGrad();
  model.backward(gradient);
  optimizer.step();
  return loss;
}
