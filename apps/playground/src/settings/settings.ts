import { type NetworkSettings, networkDefaults, type OptimizerName, optimizers } from "laboratory";

/** Everything that decides the course of a training. */
export interface Settings extends NetworkSettings {
  /** Whether a second network, with batch norm, is trained beside the first. */
  readonly batchNorm: boolean;
  readonly batchSize: number;
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
}

export const defaults: Settings = {
  ...networkDefaults,
  hidden: [64, 32],
  batchNorm: true,
  batchSize: 128,
  optimizer: "sgd",
  learningRate: optimizers.sgd.learningRate,
};
