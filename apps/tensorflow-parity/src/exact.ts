import type { OneNeuron, OneNeuronGradients } from "./experiment.js";

const sumOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

export interface Exact extends OneNeuronGradients {
  readonly xhat: readonly number[];
  /** 1/√(σ² + ε), of the batch in training and of the running pair in testing. */
  readonly r: number;
}

/**
 * The gradients by the compact formulas in plain float64, whatever the precision of the numbers that go in:
 * beside float32 results they count as exact.
 *
 *     train  dx = γ·r·(dy − mean(dy) − x̂·mean(dy·x̂))
 *     test   dx = γ·r·dy
 *     both   dγ = Σ dy·x̂, dβ = Σ dy
 */
export function exactGradients({ n, mode, x, dy, gamma, popMean, popVar, epsilon }: OneNeuron): Exact {
  const mean = mode === "train" ? sumOf(x) / n : popMean;
  const centred = x.map((value) => value - mean);
  const variance = mode === "train" ? sumOf(centred.map((c) => c * c)) / n : popVar;
  const r = 1 / Math.sqrt(variance + epsilon);
  const xhat = centred.map((c) => c * r);
  const dBeta = sumOf(dy);
  const dGamma = sumOf(dy.map((d, i) => d * xhat[i]));
  const dx = dy.map((d, i) =>
    mode === "train" ? gamma * r * (d - dBeta / n - (xhat[i] * dGamma) / n) : gamma * r * d,
  );
  return { dx, dGamma, dBeta, xhat, r };
}
