import { type NetworkSettings, networkDefaults, type OptimizerName, optimizers } from "laboratory";
import type { ScheduleName } from "./learning-rates.js";

/** Everything that decides the course of a run. */
export interface Settings extends NetworkSettings {
  /** Folder of the user's own images; null trains on the digits that come with this program. */
  readonly data: string | null;
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: OptimizerName;
  /** Of the optimiser, before the schedule changes it. */
  readonly learningRate: number;
  readonly schedule: ScheduleName;
  /** Of the dense layers' weights. */
  readonly weightDecay: number;
  /** File of the user's own implementation, trained in the place of this project's. */
  readonly batchNorm: string | null;
}

export const defaults: Settings = {
  ...networkDefaults,
  data: null,
  epochs: 5,
  batchSize: 128,
  optimizer: "sgd",
  learningRate: optimizers.sgd.learningRate,
  schedule: "constant",
  weightDecay: optimizers.sgd.weightDecay,
  batchNorm: null,
};
