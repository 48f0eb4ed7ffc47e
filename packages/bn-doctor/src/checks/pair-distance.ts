import type { LayerEvidence } from "../evidence.js";
import type { Moments } from "../moments.js";

/**
 * Up to this distance a pair describes the data: in root mean square over the features the mean is off by a fifth of a
 * deviation at most, and the variance by a factor of e^0.2 ≈ 1.22. A correct pair is farther away where batches are of
 * a few rows (at N = 2 the biased variance is half of the data's), where a cumulative average remembers old weights,
 * or where the weights move much in a single step. Measured on correct layers: in some 270 runs nearer than this, eval loss
 * was never too far above training loss; beyond, it was in 1 of 128 up to 0.3, and in 7 of 64 up to 0.5.
 */
export const NEAR = 0.2;

/** How far a running pair is from the mean and variance it should describe. */
export interface PairDistance {
  /** Root mean square over the features of (popMean − μ)/√(σ² + ε): in deviations. */
  readonly mean: number;
  /** Root mean square over the features of ln((popVar + ε)/(σ² + ε)). NaN where popVar is negative. */
  readonly variance: number;
  /** The larger of the two. */
  readonly larger: number;
}

/** Distance of a pair from the layer's input over the data; ε keeps features that never vary from counting. */
export function pairDistance(
  pair: { readonly [name in keyof Moments]: ArrayLike<number> },
  { data, declared }: LayerEvidence,
): PairDistance {
  const features = data.mean.length;
  const { epsilon } = declared;
  let shift = 0;
  let stretch = 0;
  for (let c = 0; c < features; c++) {
    const spread = data.variance[c] + epsilon;
    shift += (pair.mean[c] - data.mean[c]) ** 2 / spread / features;
    stretch += Math.log((pair.variance[c] + epsilon) / spread) ** 2 / features;
  }
  const mean = Math.sqrt(shift);
  const variance = Math.sqrt(stretch);
  return { mean, variance, larger: Math.max(mean, variance) };
}

/** "0.05 deviations off the data's mean and a factor of 1.03 off its variance" */
export function describeDistance({ mean, variance }: PairDistance): string {
  return `${round(mean)} deviations off the data's mean and a factor of ${round(Math.exp(variance))} off its variance`;
}

/** Why a pair far from the data would be no fault here, as a sentence; undefined when it would be one. */
export function whyCorrectPairIsFar(layers: readonly LayerEvidence[]): string | undefined {
  const farthest = layers
    .map((layer) => ({ name: layer.name, distance: pairDistance(layer.replay, layer) }))
    .reduce((worst, next) => (next.distance.larger > worst.distance.larger ? next : worst));
  if (farthest.distance.larger <= NEAR) return undefined;
  return `Not judged: after these batches even a correct running pair is ${describeDistance(farthest.distance)} (${farthest.name}, root mean square over its features).`;
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
