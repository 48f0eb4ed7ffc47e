import { createDecayInverted } from "./decay-inverted.js";
import { createEvalUsesBatchStats } from "./eval-uses-batch-stats.js";
import { createGradientIgnoresStatistics } from "./gradient-ignores-statistics.js";
import { createGradientIgnoresVariance } from "./gradient-ignores-variance.js";
import type { BatchNormOptions, PlainBatchNorm } from "./plain-batch-norm.js";
import { createStatsHoldDeviation } from "./stats-hold-deviation.js";
import { createStatsNeverUpdated } from "./stats-never-updated.js";
import { createStatsUpdatedInEval } from "./stats-updated-in-eval.js";
import { createTrainFormulaInEval } from "./train-formula-in-eval.js";
import { createTrainUsesPopStats } from "./train-uses-pop-stats.js";

/** A batch norm with exactly one thing wrong. */
export interface Fault {
  readonly id: string;
  /** One plain sentence: what the layer does wrong. */
  readonly summary: string;
  readonly create: (options: BatchNormOptions) => PlainBatchNorm;
}

/** Every planted fault by its id. */
export const faults = {
  "stats-never-updated": {
    id: "stats-never-updated",
    summary: "Training never updates the running mean and variance.",
    create: createStatsNeverUpdated,
  },
  "stats-hold-deviation": {
    id: "stats-hold-deviation",
    summary: "The running pair stores the standard deviation where the variance belongs.",
    create: createStatsHoldDeviation,
  },
  "stats-updated-in-eval": {
    id: "stats-updated-in-eval",
    summary: "Eval passes move the running mean and variance.",
    create: createStatsUpdatedInEval,
  },
  "decay-inverted": {
    id: "decay-inverted",
    summary: "The running pair's update has decay and 1 − decay swapped.",
    create: createDecayInverted,
  },
  "eval-uses-batch-stats": {
    id: "eval-uses-batch-stats",
    summary: "Eval normalises by the batch at hand instead of the running pair.",
    create: createEvalUsesBatchStats,
  },
  "train-uses-pop-stats": {
    id: "train-uses-pop-stats",
    summary: "Training normalises by the running pair instead of the batch.",
    create: createTrainUsesPopStats,
  },
  "gradient-ignores-statistics": {
    id: "gradient-ignores-statistics",
    summary: "The training gradient takes the batch's mean and variance for constants.",
    create: createGradientIgnoresStatistics,
  },
  "gradient-ignores-variance": {
    id: "gradient-ignores-variance",
    summary: "The training gradient forgets the path through the batch's variance.",
    create: createGradientIgnoresVariance,
  },
  "train-formula-in-eval": {
    id: "train-formula-in-eval",
    summary: "The eval gradient runs through mean and variance, which are constants there.",
    create: createTrainFormulaInEval,
  },
} as const satisfies Record<string, Fault>;

/** The id of a planted fault. */
export type FaultId = keyof typeof faults;
