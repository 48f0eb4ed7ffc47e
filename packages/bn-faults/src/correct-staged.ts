import type { BatchNormOptions, Numbers, PlainBatchNorm } from "./plain-batch-norm.js";

/**
 * Correct, one elementary step at a time, each rounded to the layer's own precision and each undone in turn:
 *
 *     mean     μ = mean(x)       dx = dc + dμ/N
 *     centre   c = x − μ         dc = dc₁ + dc₂, dμ = −Σ dc
 *     square   q = c²            dc₂ = 2·c·dq
 *     mean     σ² = mean(q)      dq = dσ²/N
 *     root     s = √(σ² + ε)     dσ² = ds/(2·s)
 *     invert   r = 1/s           ds = −dr·r²
 *     scale    x̂ = c·r           dr = Σ dx̂·c, dc₁ = dx̂·r
 *     affine   y = γ·x̂ + β       dx̂ = dy·γ, dγ = Σ dy·x̂, dβ = Σ dy
 *
 * After an eval pass μ and σ² are constants: dx = dc₁, and no other step is undone.
 */
export function createStagedBatchNorm(options: BatchNormOptions): PlainBatchNorm {
  const { features, decay, epsilon, varianceCorrection, precision } = options;
  const zeros = (length: number): Numbers =>
    precision === "float32" ? new Float32Array(length) : new Float64Array(length);

  let cache: { mode: "train" | "eval"; centred: Numbers; xHat: Numbers; s: Numbers; r: Numbers } | undefined;

  const layer: PlainBatchNorm = {
    gamma: zeros(features).fill(1),
    beta: zeros(features),
    gammaGradient: zeros(features),
    betaGradient: zeros(features),
    popMean: zeros(features),
    popVar: zeros(features).fill(1),
    batches: 0,

    forward(x, rows, mode) {
      if (x.length !== rows * features) {
        throw new RangeError(`forward: x must hold ${rows} × ${features} numbers, got ${x.length}`);
      }
      if (mode === "train" && rows < 2) {
        throw new RangeError(`forward: training needs at least 2 rows, got ${rows}`);
      }
      const mean = layer.popMean.slice();
      if (mode === "train") {
        mean.fill(0);
        for (let i = 0; i < x.length; i++) mean[i % features] += x[i];
        for (let c = 0; c < features; c++) mean[c] /= rows;
      }
      const centred = zeros(x.length);
      for (let i = 0; i < x.length; i++) centred[i] = x[i] - mean[i % features];
      const variance = layer.popVar.slice();
      if (mode === "train") {
        const squared = centred.map((value) => value * value);
        variance.fill(0);
        for (let i = 0; i < x.length; i++) variance[i % features] += squared[i];
        for (let c = 0; c < features; c++) variance[c] /= rows;
      }
      const shifted = variance.map((v) => v + epsilon);
      const s = shifted.map(Math.sqrt);
      const r = s.map((value) => 1 / value);
      const xHat = centred.map((value, i) => value * r[i % features]);
      const stretched = xHat.map((value, i) => value * layer.gamma[i % features]);
      const y = stretched.map((value, i) => value + layer.beta[i % features]);
      if (mode === "train") {
        const batches = layer.batches + 1;
        const keep = decay === "cumulative" ? 1 - 1 / batches : decay;
        const correction = varianceCorrection === "unbiased" ? rows / (rows - 1) : 1;
        const popMean = layer.popMean.map((old, c) => keep * old + (1 - keep) * mean[c]);
        const popVar = layer.popVar.map((old, c) => keep * old + (1 - keep) * variance[c] * correction);
        // A NaN or an infinity would stay for ever.
        if (popMean.every(Number.isFinite) && popVar.every(Number.isFinite)) {
          layer.popMean.set(popMean);
          layer.popVar.set(popVar);
          layer.batches = batches;
        }
      }
      cache = { mode, centred, xHat, s, r };
      return y;
    },

    backward(dy, rows) {
      if (cache === undefined) throw new Error("backward: a forward pass must come first");
      const { mode, centred, xHat, s, r } = cache;
      if (dy.length !== xHat.length || dy.length !== rows * features) {
        throw new RangeError(
          `backward: dy must hold the ${xHat.length} numbers of the last forward pass, got ${dy.length}`,
        );
      }
      const overRows = (values: Numbers): Numbers => {
        const sums = zeros(features);
        for (let i = 0; i < values.length; i++) sums[i % features] += values[i];
        return sums;
      };
      const upstream = zeros(dy.length);
      upstream.set(dy);
      const dBeta = overRows(upstream);
      const dGamma = overRows(upstream.map((value, i) => value * xHat[i]));
      for (let c = 0; c < features; c++) {
        layer.betaGradient[c] += dBeta[c];
        layer.gammaGradient[c] += dGamma[c];
      }
      const dXHat = upstream.map((value, i) => value * layer.gamma[i % features]);
      const dCentred1 = dXHat.map((value, i) => value * r[i % features]);
      if (mode === "eval") return dCentred1;
      const dR = overRows(dXHat.map((value, i) => value * centred[i]));
      const rSquared = r.map((value) => value * value);
      const dS = dR.map((value, c) => -value * rSquared[c]);
      const dVariance = dS.map((value, c) => value / (2 * s[c]));
      const dSquared = dVariance.map((value) => value / rows);
      const dCentred2 = centred.map((value, i) => 2 * value * dSquared[i % features]);
      const dCentred = dCentred1.map((value, i) => value + dCentred2[i]);
      const dMean = overRows(dCentred).map((value) => -value);
      const share = dMean.map((value) => value / rows);
      return dCentred.map((value, i) => value + share[i % features]);
    },

    parameters: () => [layer.gamma, layer.beta],

    save: () => ({
      gamma: [...layer.gamma],
      beta: [...layer.beta],
      popMean: [...layer.popMean],
      popVar: [...layer.popVar],
      batches: layer.batches,
    }),

    load(saved) {
      const { batches } = saved;
      if (typeof batches !== "number") throw new RangeError(`load: batches must be a number, got ${batches}`);
      for (const name of ["gamma", "beta", "popMean", "popVar"] as const) {
        const values = saved[name];
        if (typeof values !== "object" || values.length !== features) {
          throw new RangeError(`load: ${name} must hold ${features} numbers, got ${values}`);
        }
        layer[name].set(values);
      }
      layer.batches = batches;
    },
  };
  return layer;
}
