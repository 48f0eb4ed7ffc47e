import type { Decay, initializers, VarianceCorrection } from "@handgrad/layers";
import type { FaultId } from "bn-faults";
import type { ActivationName } from "./activations.js";
import type { ScheduleName } from "./learning-rates.js";
import { type OptimizerName, optimizers } from "./optimizers.js";

/** Everything that decides the course of a run. */
export interface Settings {
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
  /** Widths of the hidden layers. */
  readonly hidden: readonly number[];
  readonly activation: ActivationName;
  /** Of the dense layers' weights. */
  readonly init: keyof typeof initializers;
  readonly decay: Decay;
  readonly epsilon: number;
  readonly varianceCorrection: VarianceCorrection;
  readonly seed: number;
  /** Planted into the network with batch norm; null trains a correct one. */
  readonly fault: FaultId | null;
  /** File of the user's own implementation, trained in the place of this project's. */
  readonly batchNorm: string | null;
}

export const defaults: Settings = {
  data: null,
  epochs: 5,
  batchSize: 128,
  optimizer: "sgd",
  learningRate: optimizers.sgd.learningRate,
  schedule: "constant",
  weightDecay: optimizers.sgd.weightDecay,
  hidden: [256, 128],
  activation: "relu",
  init: "heNormal",
  decay: 0.9,
  epsilon: 1e-5,
  varianceCorrection: "biased",
  seed: 1,
  fault: null,
  batchNorm: null,
};
