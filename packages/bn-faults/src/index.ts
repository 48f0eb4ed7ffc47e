export { type Fault, type FaultId, faults } from "./catalogue.js";
export { createCorrectBatchNorm } from "./correct.js";
export type { BatchNormOptions, Numbers, PlainBatchNorm } from "./plain-batch-norm.js";
