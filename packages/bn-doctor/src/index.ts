export { type CatalogueEntry, catalogue, type FaultId, type Grade } from "./catalogue.js";
export type { Check, CheckId } from "./check.js";
export { type DiagnoseOptions, diagnose } from "./diagnose.js";
export type { Convention, Diagnosis, FaultEvidence, FaultFinding } from "./diagnosis.js";
export type { Curve, Evidence, LayerEvidence, TrainingRun } from "./evidence.js";
export { explain } from "./explain.js";
export type { Explanation, Match } from "./explanation.js";
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
export type { LayerFault, Verdict } from "./verdict.js";
