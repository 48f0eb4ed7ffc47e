export type { Curve, Evidence, LayerEvidence, TrainingRun } from "./evidence.js";
export { judge } from "./judge.js";
export { DataMoments, type Moments } from "./moments.js";
export { RunningPairReplay } from "./running-pair-replay.js";
export type { BatchNormState, BatchNormSubject, Declaration, Mode, Precision } from "./subject.js";
export type { Check, CheckId, Verdict } from "./verdict.js";
