export { type BatchesOptions, batches } from "./batches.js";
export { type Evaluation, evaluate } from "./evaluate.js";
export type { Examples } from "./examples.js";
export { type FitOptions, fit, type StepInfo } from "./fit.js";
export { layerOutputs, locateNonFinite, NonFiniteLossError } from "./non-finite.js";
export type { Optimizer } from "./optimizer.js";
export { SGD, type SGDOptions } from "./sgd.js";
