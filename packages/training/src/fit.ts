import {
  type CrossEntropyOptions,
  isTransient,
  type Loss,
  type Parameters,
  type Sequential,
  softmaxCrossEntropy,
} from "@handgrad/layers";
import { type FloatDType, type Rows, Workspace } from "@handgrad/tensor";
import { passes } from "./batches.js";
import { breather } from "./breathe.js";
import { clipGradNorm, clipGradValue } from "./clip-gradients.js";
import { type Batches, type Examples, requireClasses, requireExamples } from "./examples.js";
import { layerOutputs, locateNonFinite, NonFiniteLossError } from "./non-finite.js";
import type { Optimizer } from "./optimizer.js";
import { requireCount } from "./require.js";
import type { Schedule } from "./schedules.js";

export interface StepInfo {
  /** Steps done, this one included. */
  readonly step: number;
  /** The epoch that the step belongs to, from 1. */
  readonly epoch: number;
  /** Training-mode loss of the step's batch, before its update; of several, the mean over their rows. */
  readonly loss: number;
  /** Rows of the batch, or of the step's batches together. */
  readonly rows: number;
  /** The learning rate of the step's update. */
  readonly learningRate: number;
  /** Norm of all gradients before they were clipped, where they are clipped by norm. */
  readonly gradientNorm?: number;
}

export interface FitOptions {
  /** Passes over the batches. */
  readonly epochs: number;
  readonly optimizer: Optimizer;
  /** The learning rate of each step, counted from 0 in this run; default: the optimiser's, whatever sets it. */
  readonly schedule?: Schedule;
  /** Limits the gradients of the optimiser's parameters, by `clipGradNorm` or `clipGradValue`, before each update. */
  readonly clip?: { readonly norm: number } | { readonly value: number };
  /**
   * Batches of one step, default 1: the update follows the mean gradient over all their rows, as of one larger batch.
   * At the end of an epoch, a step may have fewer. Batch norm still normalises each batch by itself.
   */
  readonly accumulate?: number;
  /** Label smoothing and class weights of the training loss. `evaluate` keeps to the plain one. */
  readonly crossEntropy?: CrossEntropyOptions;
  /** Called after every step; a promise is awaited. */
  readonly onStep?: (info: StepInfo) => unknown;
  /** Called after every epoch; a promise is awaited. */
  readonly onEpoch?: (info: { readonly epoch: number; readonly step: number }) => unknown;
}

/**
 * Trains `model` by softmax cross-entropy on `batches`, one pass over them an epoch.
 * Lets the event loop run every 50 ms or so. Where all layers are `transient`, as this project's are, the storage of
 * one pass is used again by the next: a step allocates none.
 * @throws NonFiniteLossError as soon as a loss is NaN or infinite, before the step's update;
 *   RangeError where epochs or accumulate is no positive integer, the optimiser has no parameter of the model, a pass
 *   has no batch, a label is none of the model's outputs, or the examples have another number of classes.
 */
export async function fit<In extends number, Out extends number, D extends FloatDType>(
  model: Sequential<In, Out, D>,
  batches: Batches<NoInfer<In>, NoInfer<D>>,
  { epochs, optimizer, schedule, clip, accumulate = 1, crossEntropy, onStep, onEpoch }: FitOptions,
): Promise<void> {
  requireCount("fit: epochs", epochs);
  requireCount("fit: accumulate", accumulate);
  requireOwnParameters(model, optimizer);
  const breathe = breather();
  const workspace = model.layers.every(isTransient) ? new Workspace() : undefined;
  const inWorkspace = <T>(work: () => T): T => (workspace ? workspace.run(work) : work());
  let step = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const before = step;
    let sum = { loss: 0, rows: 0, batches: 0 };
    const update = async () => {
      if (accumulate > 1) divideGradients(optimizer, sum.rows);
      const norm = clip && clipGradients(optimizer, clip);
      if (schedule) optimizer.learningRate = schedule(step);
      optimizer.step();
      step++;
      await onStep?.({
        step,
        epoch,
        loss: accumulate > 1 ? sum.loss / sum.rows : sum.loss,
        rows: sum.rows,
        learningRate: optimizer.learningRate,
        ...(norm !== undefined && { gradientNorm: norm }),
      });
      sum = { loss: 0, rows: 0, batches: 0 };
    };
    for await (const batch of passes(batches, workspace)) {
      const { loss, gradient } = inWorkspace(() => forwardLoss(model, batch, step + 1, crossEntropy));
      const rows = batch.inputs.shape[0];
      // Of several batches, gradients and losses are summed over rows, and divided by them all in the end.
      const weight = accumulate > 1 ? rows : 1;
      if (weight !== 1) for (let i = 0; i < gradient.data.length; i++) gradient.data[i] *= weight;
      if (sum.batches === 0) optimizer.zeroGrad();
      inWorkspace(() => model.backward(gradient));
      sum = { loss: sum.loss + weight * loss, rows: sum.rows + rows, batches: sum.batches + 1 };
      if (sum.batches === accumulate) await update();
      await breathe();
    }
    if (sum.batches > 0) await update();
    if (step === before) {
      const once = epoch > 1 ? ": each epoch is a pass of its own, and a generator gives only one" : "";
      throw new RangeError(`fit: epoch ${epoch} has no batch${once}`);
    }
    await onEpoch?.({ epoch, step });
  }
}

/** Throws where the optimiser has no parameter of the model, which would stay as it is. */
function requireOwnParameters(
  model: { parameters(): Parameters },
  { parameters }: Pick<Optimizer, "parameters">,
): void {
  const own = new Set(Object.values(model.parameters()));
  if (Object.values(parameters).some((parameter) => own.has(parameter))) return;
  throw new RangeError(
    "fit: optimizer must have parameters of the model, got none: give it model.parameters()",
  );
}

/** Loss and gradient of one batch in training mode. */
function forwardLoss<In extends number, Out extends number, D extends FloatDType>(
  model: Sequential<In, Out, D>,
  batch: Examples<In, D>,
  step: number,
  crossEntropy: CrossEntropyOptions | undefined,
): Loss<Out, D> {
  const { inputs, labels } = batch;
  requireExamples(`fit at step ${step}`, batch);
  // Layer by layer instead of model.forward, to have every output at hand when the loss is not finite.
  const outputs = layerOutputs(model, inputs, "train");
  const logits = outputs[outputs.length - 1] as Rows<Out, D>;
  requireClasses(`fit at step ${step}`, batch, logits.shape[1]);
  const result = softmaxCrossEntropy(logits, labels, crossEntropy as CrossEntropyOptions<Out> | undefined);
  if (!Number.isFinite(result.loss)) {
    throw new NonFiniteLossError(result.loss, step, locateNonFinite(model.layers, inputs, outputs));
  }
  return result;
}

function divideGradients({ parameters }: Optimizer, divisor: number): void {
  for (const { grad } of Object.values(parameters)) {
    for (let i = 0; i < grad.data.length; i++) grad.data[i] /= divisor;
  }
}

/** The norm before clipping, where it is by norm. */
function clipGradients(
  { parameters }: Optimizer,
  clip: { readonly norm: number } | { readonly value: number },
): number | undefined {
  if ("norm" in clip) return clipGradNorm(parameters, clip.norm);
  clipGradValue(parameters, clip.value);
  return undefined;
}
