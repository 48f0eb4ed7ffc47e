import type { Settings } from "./settings.js";

/** Points of the training-mode curve per epoch: each is the mean of the steps since the one before. */
const WINDOWS_PER_EPOCH = 10;
/** Evaluations per run, unless there are more epochs. */
const EVALUATIONS = 10;

/** How many steps a run has, and after which of them something is recorded. */
export interface Schedule {
  /** Whether the last batch of an epoch would have a single row, which has no variance to normalise by. */
  readonly dropLast: boolean;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
  readonly endsWindow: (step: number) => boolean;
  readonly isEvaluated: (step: number) => boolean;
}

export function scheduleOf(rows: number, { epochs, batchSize }: Settings): Schedule {
  const dropLast = rows > batchSize && rows % batchSize === 1;
  const stepsPerEpoch = dropLast ? Math.floor(rows / batchSize) : Math.ceil(rows / batchSize);
  const totalSteps = epochs * stepsPerEpoch;
  const window = Math.ceil(stepsPerEpoch / WINDOWS_PER_EPOCH);
  const evaluations = Math.min(totalSteps, Math.max(epochs, EVALUATIONS));
  const interval = totalSteps / evaluations;
  return {
    dropLast,
    stepsPerEpoch,
    totalSteps,
    endsWindow: (step) => {
      const stepOfEpoch = ((step - 1) % stepsPerEpoch) + 1;
      return stepOfEpoch % window === 0 || stepOfEpoch === stepsPerEpoch;
    },
    isEvaluated: (step) => Math.round(Math.round(step / interval) * interval) === step,
  };
}
