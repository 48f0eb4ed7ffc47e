import { type AnyLayer, BatchNorm, Dense, normal, Sequential, Sigmoid } from "@handgrad/layers";
import { Random } from "@handgrad/tensor";
import { CLASSES, type Model } from "laboratory";
import { UNIT } from "../run/training-watch.js";
import { HIDDEN, type PaperSettings } from "./settings.js";
import { WatchedSigmoid } from "./watched-sigmoid.js";

/** Training batches whose rows one point of the percentiles is taken over: 60 rows alone would be noise. */
export const WATCHED_BATCHES = 10;

export interface PaperNetwork {
  readonly model: Model;
  /** After the last hidden layer. */
  readonly watched: WatchedSigmoid;
}

/**
 * Sigmoid(u·W + b), or Sigmoid(BN(u·W)), three times, and a last Dense to the ten classes. b would do nothing before
 * a batch norm, whose β takes its place. Both networks have the same first weights, normal of mean 0.
 */
export function buildPaperNetwork(
  pixels: number,
  { weightScale, seed }: Pick<PaperSettings, "weightScale" | "seed">,
  batchNorm: boolean,
): PaperNetwork {
  const dense = { rng: new Random(seed), init: normal({ deviation: weightScale }) };
  const watched = new WatchedSigmoid({ unit: UNIT, batches: WATCHED_BATCHES });
  const layers: AnyLayer[] = [];
  let width = pixels;
  HIDDEN.forEach((features, i) => {
    layers.push(new Dense(width, features, { ...dense, bias: !batchNorm }));
    if (batchNorm) layers.push(new BatchNorm(features));
    layers.push(i === HIDDEN.length - 1 ? watched : new Sigmoid());
    width = features;
  });
  layers.push(new Dense(width, CLASSES, dense));
  return { model: new Sequential(...layers) as Model, watched };
}
