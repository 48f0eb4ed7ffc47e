export { Adagrad, type AdagradOptions } from "./adagrad.js";
export { Adam, type AdamOptions, AdamW } from "./adam.js";
export { type BatchesOptions, batches } from "./batches.js";
export type { Callback, EpochRecord, History, Settled, StepInfo, Training, Validation } from "./callback.js";
export type { Checkpoint } from "./checkpoint.js";
export { clipGradNorm, clipGradValue } from "./clip-gradients.js";
export { type EarlyStoppingOptions, earlyStopping } from "./early-stopping.js";
export { type Evaluation, evaluate } from "./evaluate.js";
export type { Batches, Drawn, Examples } from "./examples.js";
export { type FitOptions, fit } from "./fit.js";
export { type MapBatchesOptions, mapBatches } from "./map-batches.js";
export {
  accuracy,
  type ClassLabels,
  type ClassScores,
  ConfusionMatrix,
  confusionMatrix,
  topKAccuracy,
} from "./metrics.js";
export { layerOutputs, locateNonFinite, NonFiniteLossError } from "./non-finite.js";
export type { Optimizer } from "./optimizer.js";
export { noDecayOnNormsAndBiases, type ParameterGroup } from "./parameter-groups.js";
export type { OptimizerOptions } from "./parameter-optimizer.js";
export { progress } from "./progress.js";
export { ReduceOnPlateau, type ReduceOnPlateauOptions } from "./reduce-on-plateau.js";
export { RMSprop, type RMSpropOptions } from "./rmsprop.js";
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
} from "./schedules.js";
export { SGD, type SGDOptions } from "./sgd.js";
