import { type AnyLayer, Dense, ReLU, Sequential } from "@handgrad/layers";
import { Random } from "@handgrad/tensor";
import type { Candidate } from "./candidate.js";
import { CLASSES, PIXELS } from "./digits.js";
import { ObservedBatchNorm } from "./observed-batch-norm.js";
import type { Settings } from "./settings.js";

export type Model = Sequential<typeof PIXELS, typeof CLASSES, "float32">;

export interface Network {
  readonly model: Model;
  /** Every batch norm of the model with its index there; none in the network without. */
  readonly batchNorms: readonly { readonly index: number; readonly layer: ObservedBatchNorm }[];
}

/**
 * Dense, (the candidate,) ReLU for each hidden width, and a last Dense to the ten classes.
 * The dense layers' first weights depend on the seed alone, so both networks start from the same ones.
 */
export function buildNetwork(settings: Settings, candidate: Candidate | null): Network {
  const rng = new Random(settings.seed);
  const layers: AnyLayer[] = [];
  const batchNorms: { index: number; layer: ObservedBatchNorm }[] = [];
  let width: number = PIXELS;
  for (const features of settings.hidden) {
    layers.push(new Dense(width, features, { rng }));
    if (candidate) {
      const layer = new ObservedBatchNorm(candidate.create(features), settings);
      batchNorms.push({ index: layers.length, layer });
      layers.push(layer);
    }
    layers.push(new ReLU());
    width = features;
  }
  layers.push(new Dense(width, CLASSES, { rng }));
  return { model: new Sequential(...layers) as Model, batchNorms };
}
