import { integerPower } from "../optimizers/integer-power.js";
import { requireCount, requireNotNegative, requirePositive, requireShare } from "../require.js";
import { halfCosine } from "./half-cosine.js";

/**
 * The learning rate of each step, counted from 0: `fit`'s `schedule`, or `optimizer.learningRate = schedule(step)`.
 * Those below throw a RangeError for a step that is no integer of at least 0.
 */
export type Schedule = (step: number) => number;

/** The same learning rate at every step. @throws RangeError unless it is a positive number. */
export function constantSchedule(learningRate: number): Schedule {
  requirePositive("constantSchedule: learningRate", learningRate);
  return ofSteps("constantSchedule", () => learningRate);
}

export interface StepScheduleOptions {
  /** Of the first steps. */
  readonly learningRate: number;
  /** Steps between two changes. */
  readonly every: number;
  /** What each change multiplies by; default 0.1. */
  readonly factor?: number;
}

/** learningRate·factor^⌊step/every⌋, as PyTorch's `StepLR`. @throws RangeError for an option out of its range. */
export function stepSchedule({ learningRate, every, factor = 0.1 }: StepScheduleOptions): Schedule {
  requirePositive("stepSchedule: learningRate", learningRate);
  requireCount("stepSchedule: every", every);
  requirePositive("stepSchedule: factor", factor);
  return ofSteps("stepSchedule", (step) => learningRate * integerPower(factor, Math.floor(step / every)));
}

export interface ExponentialScheduleOptions {
  /** Of the first step. */
  readonly learningRate: number;
  /** What each step multiplies by. */
  readonly factor: number;
}

/** learningRate·factor^step, as PyTorch's `ExponentialLR`. @throws RangeError for an option out of its range. */
export function exponentialSchedule({ learningRate, factor }: ExponentialScheduleOptions): Schedule {
  requirePositive("exponentialSchedule: learningRate", learningRate);
  requirePositive("exponentialSchedule: factor", factor);
  return ofSteps("exponentialSchedule", (step) => learningRate * integerPower(factor, step));
}

export interface CosineScheduleOptions {
  /** The greatest one, at step `warmup`. */
  readonly learningRate: number;
  /** Steps of the whole, warm-up included. */
  readonly steps: number;
  /** Steps of linear warm-up: an integer from 0 to steps − 1; default 0. */
  readonly warmup?: number;
  /** Where it ends and stays; default 0. */
  readonly finalLearningRate?: number;
}

/**
 * Up a line, learningRate·(step + 1)/(warmup + 1) for step < warmup, then down half a cosine (Loshchilov & Hutter 2017):
 * final + (learningRate − final)·(1 + cos(π·(step − warmup)/(steps − warmup)))/2, and `final` from step `steps` on.
 *
 * As PyTorch's `LinearLR` with start_factor 1/(warmup + 1), followed by `CosineAnnealingLR`, which would rise again.
 * @throws RangeError for an option out of its range.
 */
export function cosineSchedule({
  learningRate,
  steps,
  warmup = 0,
  finalLearningRate = 0,
}: CosineScheduleOptions): Schedule {
  requirePositive("cosineSchedule: learningRate", learningRate);
  requireCount("cosineSchedule: steps", steps);
  requireNotNegative("cosineSchedule: finalLearningRate", finalLearningRate);
  if (!Number.isSafeInteger(warmup) || warmup < 0 || warmup >= steps) {
    throw new RangeError(`cosineSchedule: warmup must be an integer from 0 to ${steps - 1}, got ${warmup}`);
  }
  return ofSteps("cosineSchedule", (step) =>
    step < warmup
      ? (learningRate * (step + 1)) / (warmup + 1)
      : anneal(learningRate, finalLearningRate, (step - warmup) / (steps - warmup)),
  );
}

export interface OneCycleScheduleOptions {
  /** The greatest one. */
  readonly learningRate: number;
  /** Steps of the whole. */
  readonly steps: number;
  /** Share of the steps on the way up, in [0, 1); default 0.3. */
  readonly warmupShare?: number;
  /** The first is learningRate/initialDivisor; default 25. */
  readonly initialDivisor?: number;
  /** The last is the first one/finalDivisor; default 10,000. */
  readonly finalDivisor?: number;
}

/**
 * Half a cosine up from learningRate/initialDivisor to learningRate at step warmupShare·steps − 1, and half a cosine
 * down to learningRate/initialDivisor/finalDivisor at step steps − 1, where it stays (Smith & Topin 2018).
 *
 * As PyTorch's `OneCycleLR` with cosine annealing, which by default changes momentum too: this one does not.
 * @throws RangeError for an option out of its range.
 */
export function oneCycleSchedule({
  learningRate,
  steps,
  warmupShare = 0.3,
  initialDivisor = 25,
  finalDivisor = 1e4,
}: OneCycleScheduleOptions): Schedule {
  requirePositive("oneCycleSchedule: learningRate", learningRate);
  requireCount("oneCycleSchedule: steps", steps);
  requireShare("oneCycleSchedule: warmupShare", warmupShare);
  requirePositive("oneCycleSchedule: initialDivisor", initialDivisor);
  requirePositive("oneCycleSchedule: finalDivisor", finalDivisor);
  const initial = learningRate / initialDivisor;
  const top = warmupShare * steps - 1;
  return ofSteps("oneCycleSchedule", (step) =>
    step < top
      ? anneal(initial, learningRate, step / top)
      : anneal(learningRate, initial / finalDivisor, (step - top) / (steps - 1 - top)),
  );
}

/** `formula`, which holds for whole steps alone. */
const ofSteps =
  (name: string, formula: Schedule): Schedule =>
  (step) => {
    if (!Number.isSafeInteger(step) || step < 0) {
      throw new RangeError(`${name}: step must be an integer of at least 0, got ${step}`);
    }
    return formula(step);
  };

/** From `start` at share 0 to `end` at share 1 and beyond, on half a cosine. */
const anneal = (start: number, end: number, share: number): number =>
  end + (start - end) * halfCosine(Math.min(share, 1));
