export { type CatalogueEntry, catalogue, type FaultId, type Grade } from "./catalogue.js";
export { type DiagnoseOptions, diagnose } from "./diagnose.js";
export type { Convention, Diagnosis, FaultEvidence, FaultFinding } from "./diagnosis.js";
export type { Curve, Evidence, LayerEvidence, TrainingRun } from "./evidence.js";
export { type Explanation, explain, type Match } from "./explain.js";
export type {
  BackwardResult,
  BatchNormImplementation,
  BatchNormState,
  Declaration,
  Mode,
  MutableNumbers,
  Precision,
} from "./implementation.js";
export { judge } from "./judge.js";
export type { BatchNormLayerLike } from "./layer-implementation.js";
export { DataMoments, type Moments } from "./moments.js";
export { type BatchNormRecord, type ParsedRecord, parseRecord, type Quantity } from "./record.js";
export { RunningPairReplay } from "./running-pair-replay.js";
export type { Check, CheckId, LayerFault, Verdict } from "./verdict.js";
