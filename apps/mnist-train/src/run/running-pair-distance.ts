import { mean, variance } from "@handgrad/tensor";
import type { Network } from "laboratory";

/**
 * How far the running pair is from the last training batch, averaged over all features of all batch norms:
 * |μ − pop_mean|/σ and pop_var/σ². Features that do not vary are left out.
 */
export function runningPairDistance({ batchNorms }: Pick<Network, "batchNorms">): {
  readonly mean: number;
  readonly variance: number;
} {
  let distance = 0;
  let ratio = 0;
  let features = 0;
  for (const { layer } of batchNorms) {
    const batchMean = mean(layer.lastBatch, 0).data;
    const batchVariance = variance(layer.lastBatch, 0).data;
    const { popMean, popVar } = layer.state;
    for (const [j, sigma2] of batchVariance.entries()) {
      if (sigma2 === 0) continue;
      distance += Math.abs(batchMean[j] - popMean.data[j]) / Math.sqrt(sigma2);
      ratio += popVar.data[j] / sigma2;
      features++;
    }
  }
  return { mean: distance / features, variance: ratio / features };
}
