import {
  type CrossEntropyOptions,
  isTransient,
  type Loss,
  type Parameters,
  type Sequential,
  softmaxCrossEntropy,
} from "@handgrad/layers";
import { type FloatDType, type Rows, Workspace } from "@handgrad/tensor";
import { passes, requireIterable } from "../batches/batches.js";
import {
  type Batches,
  type Drawn,
  type Examples,
  requireClasses,
  requireExamples,
} from "../batches/examples.js";
import { evaluate } from "../metrics/evaluate.js";
import { clipGradNorm, clipGradValue } from "../optimizers/clip-gradients.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { requireCount } from "../require.js";
import type { Schedule } from "../schedules/schedules.js";
import { breather } from "./breathe.js";
import type { Callback, Settled, Training } from "./callback.js";
import type { Checkpoint } from "./checkpoint.js";
import { ABORTED, type EpochRecord, type History, type Validation } from "./history.js";
import { layerOutputs, locateNonFinite, NonFiniteLossError } from "./non-finite.js";
import { beginning, restoreRun, saveRun } from "./run-state.js";

export interface FitOptions extends Callback {
  /** Passes over the batches. */
  readonly epochs: number;
  readonly optimizer: Optimizer;
  /** The learning rate of each step, counted from 0; default: the optimiser's, whatever sets it. */
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
  /** Told of each step and epoch, one after the other, before this object's own `onStep`, `onEpoch` and so on. */
  readonly callbacks?: readonly Callback[];
  /** An AbortSignal: ends the training after the step at hand, with a history whose `stopped` is `"aborted"`. */
  readonly signal?: { readonly aborted: boolean };
  /**
   * Goes on where a checkpoint was taken, to the bits of the run that it was taken from: `schedule`, batches and
   * `callbacks` go on from there, too. Everything else must be as it was; `epochs` may be more.
   */
  readonly resume?: Checkpoint;
}

/**
 * Trains `model` by softmax cross-entropy on `batches`, one pass over them an epoch, and returns the history.
 * Lets the event loop run every 50 ms or so. Where all layers are `transient`, as this project's are, the storage of
 * one pass is used again by the next: a step allocates none.
 *
 * `validation` is evaluated after every epoch, for history and callbacks.
 * @throws NonFiniteLossError as soon as a loss is NaN or infinite, before the step's update;
 *   RangeError where epochs or accumulate is no positive integer, the optimiser has no parameter of the model, a pass
 *   has no batch, a label is none of the model's outputs, or the examples have another number of classes;
 *   Error where a checkpoint is of another model, optimiser, or set of callbacks.
 */
export async function fit<In extends number, Out extends number, D extends FloatDType>(
  model: Sequential<In, Out, D>,
  batches: Batches<NoInfer<In>, NoInfer<D>>,
  options: FitOptions & {
    readonly validation?: Examples<NoInfer<In>, NoInfer<D>> | Batches<NoInfer<In>, NoInfer<D>>;
  },
): Promise<History> {
  const { epochs, optimizer, schedule, clip, accumulate = 1, crossEntropy, validation, signal } = options;
  requireCount("fit: epochs", epochs);
  requireCount("fit: accumulate", accumulate);
  requireIterable("fit: batches", batches);
  requireOwnParameters(model, optimizer);
  const callbacks = [...(options.callbacks ?? []), options];
  const drawn: Drawn = validation && !("inputs" in validation) ? validation : {};
  const generators = [...(batches.random ?? []), ...(drawn.random ?? [])];
  const run = beginning();
  if (options.resume) restoreRun(options.resume, run, model, optimizer, generators, callbacks);
  const breathe = breather();
  const workspace = model.layers.every(isTransient) ? new Workspace() : undefined;
  const inWorkspace = <T>(work: () => T): T => (workspace ? workspace.run(work) : work());
  let sum = { loss: 0, rows: 0, batches: 0 };
  const training: Training = {
    model,
    optimizer,
    checkpoint: () => {
      if (sum.batches > 0)
        throw new Error("fit: checkpoint() must be called between steps, got one half done");
      return saveRun(run, model, optimizer, generators, callbacks);
    },
    stop: (reason: string) => {
      run.stopped ??= reason;
    },
  };
  const settle = async (after: Settled["after"]) => {
    for (const callback of callbacks) await callback.onSettled?.({ after, step: run.step }, training);
  };
  const ends = () => {
    if (signal?.aborted) run.stopped ??= ABORTED;
    return run.stopped !== undefined;
  };

  while (run.epoch <= epochs && !ends()) {
    const { epoch } = run;
    const { step: before, batches: done } = run;
    if (done === 0) run.random = generators.map((rng) => rng.save());
    let seen = 0;
    const update = async () => {
      if (accumulate > 1) divideGradients(optimizer, sum.rows);
      const norm = clip && clipGradients(optimizer, clip);
      if (schedule) optimizer.learningRate = schedule(run.step);
      optimizer.step();
      run.step++;
      run.batches = seen;
      const { rows } = sum;
      const loss = accumulate > 1 ? sum.loss / rows : sum.loss;
      run.loss += loss * rows;
      run.rows += rows;
      const { learningRate } = optimizer;
      const gradientNorm = norm === undefined ? {} : { gradientNorm: norm };
      const info = { step: run.step, epoch, loss, rows, learningRate, ...gradientNorm };
      sum = { loss: 0, rows: 0, batches: 0 };
      for (const callback of callbacks) await callback.onStep?.(info, training);
      await settle("step");
    };
    for await (const batch of passes(batches, workspace)) {
      seen++;
      if (seen <= done) {
        await breathe();
        if (ends()) break;
        continue;
      }
      const { loss, gradient } = inWorkspace(() => forwardLoss(model, batch, run.step + 1, crossEntropy));
      const rows = batch.inputs.shape[0];
      // Of several batches, gradients and losses are summed over rows, and divided by them all in the end.
      const weight = accumulate > 1 ? rows : 1;
      if (weight !== 1) for (let i = 0; i < gradient.data.length; i++) gradient.data[i] *= weight;
      if (sum.batches === 0) optimizer.zeroGrad();
      inWorkspace(() => model.backward(gradient));
      sum = { loss: sum.loss + weight * loss, rows: sum.rows + rows, batches: sum.batches + 1 };
      if (sum.batches === accumulate) {
        await update();
        if (ends()) break;
      }
      await breathe();
    }
    if (sum.batches > 0) await update();
    if (ends()) break;
    requireBatches(epoch, seen, done, run.step === before);
    const record: EpochRecord = {
      epoch,
      step: run.step,
      loss: run.loss / run.rows,
      learningRate: optimizer.learningRate,
      ...(validation && { validation: await validate(model, validation) }),
    };
    run.epochs.push(record);
    Object.assign(run, { epoch: epoch + 1, batches: 0, loss: 0, rows: 0 });
    run.random = generators.map((rng) => rng.save());
    for (const callback of callbacks) await callback.onEpoch?.(record, training);
    await settle("epoch");
  }
  if (run.stopped !== undefined) await settle("stop");
  const history: History = {
    epochs: run.epochs,
    ...(run.stopped !== undefined && { stopped: run.stopped }),
  };
  for (const callback of callbacks) await callback.onEnd?.(history, training);
  return history;
}

async function validate<In extends number, Out extends number, D extends FloatDType>(
  model: Sequential<In, Out, D>,
  validation: Examples<NoInfer<In>, NoInfer<D>> | Batches<NoInfer<In>, NoInfer<D>>,
): Promise<Validation> {
  const { loss, accuracy } = await evaluate(model, validation);
  return { loss, accuracy };
}

function requireBatches(epoch: number, seen: number, done: number, none: boolean): void {
  if (seen < done) {
    throw new RangeError(`fit: the checkpoint is behind batch ${done} of epoch ${epoch}, which has ${seen}`);
  }
  if (!none || done > 0) return;
  const once = epoch > 1 ? ": each epoch is a pass of its own, and a generator gives only one" : "";
  throw new RangeError(`fit: epoch ${epoch} has no batch${once}`);
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
