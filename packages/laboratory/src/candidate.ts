import { BatchNorm } from "@handgrad/layers";
import { faults } from "bn-faults";
import { AdaptedBatchNorm } from "./adapted-batch-norm.js";
import type { NetworkSettings } from "./network-settings.js";
import { plainImplementation } from "./planted-batch-norm.js";

export type BatchNormLayer = BatchNorm | AdaptedBatchNorm;

/** A batch norm that is trained and judged. */
export interface Candidate {
  /** Of its run, in the report and where people read it. */
  readonly name: string;
  /** Makes the layer of one hidden layer of that width. */
  readonly create: (features: number) => BatchNormLayer;
}

/** What the settings ask for: this project's batch norm, or one with a planted fault. */
export function candidateOf({ decay, epsilon, varianceCorrection, fault }: NetworkSettings): Candidate {
  if (fault === null) {
    const create = (features: number) => new BatchNorm(features, { decay, epsilon, varianceCorrection });
    return { name: "batch-norm", create };
  }
  const options = { decay, epsilon, varianceCorrection, precision: "float32" } as const;
  const create = (features: number) =>
    new AdaptedBatchNorm(
      plainImplementation(faults[fault].create({ ...options, features })),
      features,
      fault,
    );
  return { name: fault, create };
}
