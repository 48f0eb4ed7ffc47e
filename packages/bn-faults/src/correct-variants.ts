import { createCorrectBatchNorm } from "./correct.js";
import { createFeatureMajorBatchNorm } from "./correct-feature-major.js";
import { createOwnPrecisionBatchNorm } from "./correct-own-precision.js";
import { createPairwiseBatchNorm } from "./correct-pairwise.js";
import { createStagedBatchNorm } from "./correct-staged.js";
import { createWelfordBatchNorm } from "./correct-welford.js";
import type { BatchNormOptions, PlainBatchNorm } from "./plain-batch-norm.js";

/** Correct batch norms as different people would write them: whoever calls one of them faulty is wrong. */
export const correctVariants = {
  "two-pass-float64": createCorrectBatchNorm,
  "own-precision": createOwnPrecisionBatchNorm,
  welford: createWelfordBatchNorm,
  staged: createStagedBatchNorm,
  pairwise: createPairwiseBatchNorm,
  "feature-major": createFeatureMajorBatchNorm,
} as const satisfies Record<string, (options: BatchNormOptions) => PlainBatchNorm>;

/** The name of a correct variant. */
export type CorrectVariant = keyof typeof correctVariants;
