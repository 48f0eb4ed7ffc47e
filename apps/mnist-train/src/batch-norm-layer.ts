import { BatchNorm, type BatchNormState, type Layer, type Parameter } from "@handgrad/layers";
import { faults } from "bn-faults";
import { PlantedBatchNorm } from "./planted-batch-norm.js";
import type { Settings } from "./settings.js";

/** What the run and the judge need of a batch norm, right or wrong. */
export interface BatchNormLayer extends Layer<number, number, "float32"> {
  readonly params: Readonly<Record<"gamma" | "beta", Parameter<readonly [number], "float32">>>;
  readonly state: BatchNormState<number, "float32">;
}

/** The batch norm that the settings ask for: this project's, or one with a planted fault. */
export function createBatchNorm(features: number, settings: Settings): BatchNormLayer {
  const { decay, epsilon, varianceCorrection, fault } = settings;
  if (fault === null) return new BatchNorm(features, { decay, epsilon, varianceCorrection });
  const plain = faults[fault].create({ features, decay, epsilon, varianceCorrection, precision: "float32" });
  return new PlantedBatchNorm(plain);
}
