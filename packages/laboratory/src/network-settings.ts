import type { Decay, initializers, VarianceCorrection } from "@handgrad/layers";
import type { FaultId } from "bn-faults";
import type { ActivationName } from "./activations.js";

/** Everything that decides what the networks are before they are trained. */
export interface NetworkSettings {
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
}

export const networkDefaults: NetworkSettings = {
  hidden: [256, 128],
  activation: "relu",
  init: "heNormal",
  decay: 0.9,
  epsilon: 1e-5,
  varianceCorrection: "biased",
  seed: 1,
  fault: null,
};
