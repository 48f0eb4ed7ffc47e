import type { Decay, VarianceCorrection } from "@handgrad/layers";
import type { FaultId } from "bn-faults";

/** Everything that decides the course of a run. */
export interface Settings {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Widths of the hidden layers. */
  readonly hidden: readonly number[];
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
  epochs: 5,
  batchSize: 128,
  learningRate: 0.1,
  hidden: [256, 128],
  decay: 0.9,
  epsilon: 1e-5,
  varianceCorrection: "biased",
  seed: 1,
  fault: null,
  batchNorm: null,
};
