export { type Fault, type FaultGrade, type FaultId, faults } from "./catalogue.js";
export { createCorrectBatchNorm } from "./correct.js";
export { type CorrectVariant, correctVariants } from "./correct-variants.js";
export type { BatchNormOptions, Checkpoint, Numbers, PlainBatchNorm } from "./plain-batch-norm.js";
