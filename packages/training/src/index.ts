export { type BatchesOptions, batches } from "./batches/batches.js";
export type { Batches, Drawn, Examples } from "./batches/examples.js";
export { type MapBatchesOptions, mapBatches } from "./batches/map-batches.js";
export type { Callback, Settled, StepInfo, Training } from "./fit/callback.js";
export type { Checkpoint } from "./fit/checkpoint.js";
export { type EarlyStoppingOptions, earlyStopping } from "./fit/early-stopping.js";
export { type FitOptions, fit } from "./fit/fit.js";
export type { EpochRecord, History, Validation } from "./fit/history.js";
export { layerOutputs, locateNonFinite, NonFiniteLossError } from "./fit/non-finite.js";
export { progress } from "./fit/progress.js";
export { type Evaluation, evaluate } from "./metrics/evaluate.js";
export {
  accuracy,
  type ClassLabels,
  type ClassScores,
  ConfusionMatrix,
  confusionMatrix,
  topKAccuracy,
} from "./metrics/metrics.js";
export { Adagrad, type AdagradOptions } from "./optimizers/adagrad.js";
export { Adam, type AdamOptions, AdamW } from "./optimizers/adam.js";
export { clipGradNorm, clipGradValue } from "./optimizers/clip-gradients.js";
export type { Optimizer } from "./optimizers/optimizer.js";
export { noDecayOnNormsAndBiases, type ParameterGroup } from "./optimizers/parameter-groups.js";
export type { OptimizerOptions } from "./optimizers/parameter-optimizer.js";
export { RMSprop, type RMSpropOptions } from "./optimizers/rmsprop.js";
export { SGD, type SGDOptions } from "./optimizers/sgd.js";
export { ReduceOnPlateau, type ReduceOnPlateauOptions } from "./schedules/reduce-on-plateau.js";
export {
  type CosineScheduleOptions,
  constantSchedule,
  cosineSchedule,
  type ExponentialScheduleOptions,
  exponentialSchedule,
  type OneCycleScheduleOptions,
  oneCycleSchedule,
  type Schedule,
  type StepScheduleOptions,
  stepSchedule,
} from "./schedules/schedules.js";
