import { createAffineGradientAveraged } from "./affine-gradient-averaged.js";
import { createAffineIgnored } from "./affine-ignored.js";
import { createAffineNeverTrained } from "./affine-never-trained.js";
import { createBatchOfOneAccepted } from "./batch-of-one-accepted.js";
import { createBesselInBackward } from "./bessel-in-backward.js";
import { createCheckpointOmitsStats } from "./checkpoint-omits-stats.js";
import { createDecayInverted } from "./decay-inverted.js";
import { createDgammaFromX } from "./dgamma-from-x.js";
import { createEpsilonFoldedIntoStats } from "./epsilon-folded-into-stats.js";
import { createEpsilonMissingInBackward } from "./epsilon-missing-in-backward.js";
import { createEpsilonOutsideRoot } from "./epsilon-outside-root.js";
import { createEvalUsesBatchStats } from "./eval-uses-batch-stats.js";
import { createFoldedAffineCancellation } from "./folded-affine-cancellation.js";
import { createGammaMissingInDx } from "./gamma-missing-in-dx.js";
import { createGammaSquaredInDx } from "./gamma-squared-in-dx.js";
import { createGradientIgnoresMean } from "./gradient-ignores-mean.js";
import { createGradientIgnoresStatistics } from "./gradient-ignores-statistics.js";
import { createGradientIgnoresVariance } from "./gradient-ignores-variance.js";
import { createGradientOverwritten } from "./gradient-overwritten.js";
import { createMissingRoot } from "./missing-root.js";
import type { BatchNormOptions, PlainBatchNorm } from "./plain-batch-norm.js";
import { createStatsAverageInverseDeviation } from "./stats-average-inverse-deviation.js";
import { createStatsBesselMismatch } from "./stats-bessel-mismatch.js";
import { createStatsHoldDeviation } from "./stats-hold-deviation.js";
import { createStatsNeverUpdated } from "./stats-never-updated.js";
import { createStatsPoisonedByNaN } from "./stats-poisoned-by-nan.js";
import { createStatsUpdatedInEval } from "./stats-updated-in-eval.js";
import { createStatsUpdatedTwice } from "./stats-updated-twice.js";
import { createSumForMean } from "./sum-for-mean.js";
import { createTrainFormulaInEval } from "./train-formula-in-eval.js";
import { createTrainUsesPopStats } from "./train-uses-pop-stats.js";
import { createUnbiasedInForward } from "./unbiased-in-forward.js";
import { createVarianceCancellation } from "./variance-cancellation.js";
import { createWrongAxis } from "./wrong-axis.js";

/**
 * How bad a fault is. `"wrong"` is never healthy. `"fragile"` is done by PyTorch, Keras, TensorFlow or Flax, too, and
 * harms on some inputs alone. `"convention"` is wrong only against a declared decay and variance correction.
 */
export type FaultGrade = "wrong" | "fragile" | "convention";

/** A batch norm with exactly one thing wrong. */
export interface Fault {
  readonly id: string;
  readonly grade: FaultGrade;
  /** One plain sentence: what the layer does wrong. */
  readonly summary: string;
  readonly create: (options: BatchNormOptions) => PlainBatchNorm;
}

/** Every planted fault by its id: the running pair, what normalises, the forward pass, the gradients. */
export const faults = {
  "stats-never-updated": {
    id: "stats-never-updated",
    grade: "wrong",
    summary: "Training never updates the running mean and variance.",
    create: createStatsNeverUpdated,
  },
  "decay-inverted": {
    id: "decay-inverted",
    grade: "convention",
    summary: "The running pair's update has decay and 1 − decay swapped.",
    create: createDecayInverted,
  },
  "stats-hold-deviation": {
    id: "stats-hold-deviation",
    grade: "wrong",
    summary: "The running pair stores the standard deviation where the variance belongs.",
    create: createStatsHoldDeviation,
  },
  "stats-average-inverse-deviation": {
    id: "stats-average-inverse-deviation",
    grade: "wrong",
    summary: "The running pair averages one over the deviation instead of the variance.",
    create: createStatsAverageInverseDeviation,
  },
  "stats-bessel-mismatch": {
    id: "stats-bessel-mismatch",
    grade: "convention",
    summary: "The running variance is biased where unbiased was declared, or the reverse.",
    create: createStatsBesselMismatch,
  },
  "stats-updated-twice": {
    id: "stats-updated-twice",
    grade: "convention",
    summary: "Every training pass moves the running pair twice.",
    create: createStatsUpdatedTwice,
  },
  "stats-updated-in-eval": {
    id: "stats-updated-in-eval",
    grade: "wrong",
    summary: "Eval passes move the running mean and variance.",
    create: createStatsUpdatedInEval,
  },
  "stats-poisoned-by-nan": {
    id: "stats-poisoned-by-nan",
    grade: "fragile",
    summary: "One batch with a NaN leaves a NaN in the running pair for ever.",
    create: createStatsPoisonedByNaN,
  },
  "epsilon-folded-into-stats": {
    id: "epsilon-folded-into-stats",
    grade: "wrong",
    summary: "The running pair stores the variance with epsilon added.",
    create: createEpsilonFoldedIntoStats,
  },
  "checkpoint-omits-stats": {
    id: "checkpoint-omits-stats",
    grade: "wrong",
    summary: "A checkpoint leaves out the running mean and variance.",
    create: createCheckpointOmitsStats,
  },
  "eval-uses-batch-stats": {
    id: "eval-uses-batch-stats",
    grade: "wrong",
    summary: "Eval normalises by the batch at hand instead of the running pair.",
    create: createEvalUsesBatchStats,
  },
  "train-uses-pop-stats": {
    id: "train-uses-pop-stats",
    grade: "wrong",
    summary: "Training normalises by the running pair instead of the batch.",
    create: createTrainUsesPopStats,
  },
  "wrong-axis": {
    id: "wrong-axis",
    grade: "wrong",
    summary: "Training takes mean and variance of each row instead of each feature.",
    create: createWrongAxis,
  },
  "unbiased-in-forward": {
    id: "unbiased-in-forward",
    grade: "wrong",
    summary: "Training normalises by the variance over N − 1 instead of N.",
    create: createUnbiasedInForward,
  },
  "epsilon-outside-root": {
    id: "epsilon-outside-root",
    grade: "wrong",
    summary: "Epsilon is added to the deviation instead of the variance.",
    create: createEpsilonOutsideRoot,
  },
  "missing-root": {
    id: "missing-root",
    grade: "wrong",
    summary: "The centred input is divided by the variance instead of its root.",
    create: createMissingRoot,
  },
  "variance-cancellation": {
    id: "variance-cancellation",
    grade: "fragile",
    summary: "The variance is mean(x²) − mean(x)², which loses its digits at large means.",
    create: createVarianceCancellation,
  },
  "folded-affine-cancellation": {
    id: "folded-affine-cancellation",
    grade: "fragile",
    summary: "Eval computes x·s + t, which loses its digits at large means.",
    create: createFoldedAffineCancellation,
  },
  "batch-of-one-accepted": {
    id: "batch-of-one-accepted",
    grade: "fragile",
    summary: "Training takes a batch of one row, which has no variance.",
    create: createBatchOfOneAccepted,
  },
  "affine-ignored": {
    id: "affine-ignored",
    grade: "wrong",
    summary: "The output is the normalised input, without gamma and beta.",
    create: createAffineIgnored,
  },
  "gradient-ignores-statistics": {
    id: "gradient-ignores-statistics",
    grade: "wrong",
    summary: "The training gradient takes the batch's mean and variance for constants.",
    create: createGradientIgnoresStatistics,
  },
  "gradient-ignores-mean": {
    id: "gradient-ignores-mean",
    grade: "wrong",
    summary: "The training gradient forgets the path through the batch's mean.",
    create: createGradientIgnoresMean,
  },
  "gradient-ignores-variance": {
    id: "gradient-ignores-variance",
    grade: "wrong",
    summary: "The training gradient forgets the path through the batch's variance.",
    create: createGradientIgnoresVariance,
  },
  "train-formula-in-eval": {
    id: "train-formula-in-eval",
    grade: "wrong",
    summary: "The eval gradient runs through mean and variance, which are constants there.",
    create: createTrainFormulaInEval,
  },
  "gamma-missing-in-dx": {
    id: "gamma-missing-in-dx",
    grade: "wrong",
    summary: "The input's gradient is not multiplied by gamma.",
    create: createGammaMissingInDx,
  },
  "gamma-squared-in-dx": {
    id: "gamma-squared-in-dx",
    grade: "wrong",
    summary: "The input's gradient is multiplied by gamma twice.",
    create: createGammaSquaredInDx,
  },
  "sum-for-mean": {
    id: "sum-for-mean",
    grade: "wrong",
    summary: "The training gradient has sums over the batch where means belong.",
    create: createSumForMean,
  },
  "epsilon-missing-in-backward": {
    id: "epsilon-missing-in-backward",
    grade: "wrong",
    summary: "The training gradient is computed without epsilon.",
    create: createEpsilonMissingInBackward,
  },
  "bessel-in-backward": {
    id: "bessel-in-backward",
    grade: "wrong",
    summary: "The training gradient is scaled by the deviation over N − 1 instead of N.",
    create: createBesselInBackward,
  },
  "dgamma-from-x": {
    id: "dgamma-from-x",
    grade: "wrong",
    summary: "The gradient of gamma is taken from the input instead of the normalised input.",
    create: createDgammaFromX,
  },
  "affine-gradient-averaged": {
    id: "affine-gradient-averaged",
    grade: "wrong",
    summary: "The gradients of gamma and beta are means over the batch instead of sums.",
    create: createAffineGradientAveraged,
  },
  "gradient-overwritten": {
    id: "gradient-overwritten",
    grade: "wrong",
    summary: "A backward pass replaces the gradients of gamma and beta instead of adding to them.",
    create: createGradientOverwritten,
  },
  "affine-never-trained": {
    id: "affine-never-trained",
    grade: "wrong",
    summary: "Gamma and beta are not among the parameters, so nothing trains them.",
    create: createAffineNeverTrained,
  },
} as const satisfies Record<string, Fault>;

/** The id of a planted fault. */
export type FaultId = keyof typeof faults;
