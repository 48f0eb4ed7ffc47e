import { expect } from "vitest";
import type { Numbers, PlainBatchNorm } from "./plain-batch-norm.js";

/** Numbers without a pattern, around 1 and up to 2 away, the same in every run. */
export function scattered(length: number, seed: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => 1 + 2 * Math.sin(12.9898 * (i + 1) + 78.233 * seed));
}

/** γ ≠ 1, β ≠ 0 and a running pair that is no batch's, the same for every layer of three features. */
export function setThreeFeatures(layer: PlainBatchNorm): void {
  layer.gamma.set([1.5, -0.5, 2]);
  layer.beta.set([0.3, -1, 0.7]);
  layer.popMean.set([0.4, -0.2, 1]);
  layer.popVar.set([0.5, 2, 1.5]);
}

/** Compares dx, dγ and dβ of a float64 layer of three features with central differences of Σ dy·y, dy random. */
export function expectTrueGradients(layer: PlainBatchNorm, rows: number, mode: "train" | "eval"): void {
  const x = scattered(rows * 3, 1);
  const dy = scattered(rows * 3, 2);
  const loss = (): number => {
    const pair = [layer.popMean.slice(), layer.popVar.slice()];
    const y = layer.forward(x, rows, mode);
    layer.popMean.set(pair[0]);
    layer.popVar.set(pair[1]);
    return dy.reduce((sum, dy, i) => sum + dy * y[i], 0);
  };
  setThreeFeatures(layer);
  loss();
  const dx = layer.backward(dy, rows);

  const slopes = (values: Numbers): number[] =>
    Array.from(values, (kept, i) => {
      const h = 1e-5;
      values[i] = kept + h;
      const above = loss();
      values[i] = kept - h;
      const below = loss();
      values[i] = kept;
      return (above - below) / (2 * h);
    });
  const pairs = {
    dx: [dx, x],
    dGamma: [layer.gammaGradient, layer.gamma],
    dBeta: [layer.betaGradient, layer.beta],
  };
  for (const [name, [gradient, values]] of Object.entries(pairs)) {
    // Six decimals: h² times a third derivative of up to some thousands, at two rows that lie close together.
    for (const [i, slope] of slopes(values).entries())
      expect(gradient[i], `${name}[${i}]`).toBeCloseTo(slope, 6);
  }
}
