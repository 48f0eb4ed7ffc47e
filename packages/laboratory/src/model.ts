import { type AnyLayer, Dense, initializers, Sequential } from "@handgrad/layers";
import { Random } from "@handgrad/tensor";
import { activations } from "./activations.js";
import type { Candidate } from "./candidate.js";
import type { NetworkSettings } from "./network-settings.js";
import { ObservedActivation } from "./observed-activation.js";
import { ObservedBatchNorm } from "./observed-batch-norm.js";

/** Digits, or whatever else there are ten kinds of. */
export const CLASSES = 10;

export type Model = Sequential<number, typeof CLASSES, "float32">;

export interface Network {
  readonly model: Model;
  /** Every batch norm of the model with its index there; none in the network without. */
  readonly batchNorms: readonly { readonly index: number; readonly layer: ObservedBatchNorm }[];
  /** The activation of every hidden layer, with its index in the model. */
  readonly activations: readonly { readonly index: number; readonly layer: ObservedActivation }[];
}

/**
 * Dense, (the candidate,) activation for each hidden width, and a last Dense to the ten classes.
 * The dense layers' first weights depend on the seed alone, so both networks start from the same ones.
 */
export function buildNetwork(
  pixels: number,
  settings: NetworkSettings,
  candidate: Candidate | null,
): Network {
  const dense = { rng: new Random(settings.seed), init: initializers[settings.init] };
  const layers: AnyLayer[] = [];
  const batchNorms: { index: number; layer: ObservedBatchNorm }[] = [];
  const observed: { index: number; layer: ObservedActivation }[] = [];
  let width = pixels;
  for (const features of settings.hidden) {
    layers.push(new Dense(width, features, dense));
    if (candidate) {
      const layer = new ObservedBatchNorm(candidate.create(features), settings);
      batchNorms.push({ index: layers.length, layer });
      layers.push(layer);
    }
    const activation = new ObservedActivation(activations[settings.activation]());
    observed.push({ index: layers.length, layer: activation });
    layers.push(activation);
    width = features;
  }
  layers.push(new Dense(width, CLASSES, dense));
  return { model: new Sequential(...layers) as Model, batchNorms, activations: observed };
}

/** What `work` returns, whose passes through the network are no part of its training. */
export const unobserved = <Result>({ batchNorms }: Pick<Network, "batchNorms">, work: () => Result): Result =>
  batchNorms.reduce<() => Result>(
    (run, { layer }) =>
      () =>
        layer.unobserved(run),
    work,
  )();
