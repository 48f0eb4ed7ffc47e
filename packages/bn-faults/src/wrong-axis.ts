import type { BatchNormOptions, Numbers, PlainBatchNorm } from "./plain-batch-norm.js";

/**
 * Fault: a training pass takes mean and variance along the row instead of down the column, as layer norm does, and its
 * gradient is the true one of that. There is nothing to keep per feature, so eval normalises by the first pair (0, 1).
 */
export function createWrongAxis(options: BatchNormOptions): PlainBatchNorm {
  const { features, epsilon, precision } = options;
  const zeros = (length: number): Numbers =>
    precision === "float32" ? new Float32Array(length) : new Float64Array(length);

  let cache: { mode: "train" | "eval"; xHat: Float64Array; r: Float64Array } | undefined;

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
      const xHat = new Float64Array(x.length);
      const y = zeros(x.length);
      const r = new Float64Array(mode === "train" ? rows : features);
      if (mode === "train") {
        for (let n = 0; n < rows; n++) {
          let mean = 0;
          for (let c = 0; c < features; c++) mean += x[n * features + c];
          mean /= features;
          let variance = 0;
          for (let c = 0; c < features; c++) variance += (x[n * features + c] - mean) ** 2;
          variance /= features;
          r[n] = 1 / Math.sqrt(variance + epsilon);
          for (let c = 0; c < features; c++) xHat[n * features + c] = (x[n * features + c] - mean) * r[n];
        }
        // r is NaN or 0 where a row holds a NaN or an infinity, or its variance is one.
        if (r.every((value) => value > 0)) layer.batches += 1;
      } else {
        for (let c = 0; c < features; c++) {
          r[c] = 1 / Math.sqrt(layer.popVar[c] + epsilon);
          for (let n = 0; n < rows; n++) {
            xHat[n * features + c] = (x[n * features + c] - layer.popMean[c]) * r[c];
          }
        }
      }
      for (let i = 0; i < x.length; i++) {
        const c = i % features;
        y[i] = layer.gamma[c] * xHat[i] + layer.beta[c];
      }
      cache = { mode, xHat, r };
      return y;
    },

    backward(dy, rows) {
      if (cache === undefined) throw new Error("backward: a forward pass must come first");
      const { mode, xHat, r } = cache;
      if (dy.length !== xHat.length || dy.length !== rows * features) {
        throw new RangeError(
          `backward: dy must hold the ${xHat.length} numbers of the last forward pass, got ${dy.length}`,
        );
      }
      const dx = zeros(dy.length);
      for (let c = 0; c < features; c++) {
        let sumDy = 0;
        let sumDyXHat = 0;
        for (let n = 0; n < rows; n++) {
          const i = n * features + c;
          sumDy += dy[i];
          sumDyXHat += dy[i] * xHat[i];
        }
        layer.betaGradient[c] += sumDy;
        layer.gammaGradient[c] += sumDyXHat;
      }
      if (mode === "eval") return dx.map((_, i) => layer.gamma[i % features] * r[i % features] * dy[i]);
      const dXHat = Float64Array.from(dy, (value, i) => layer.gamma[i % features] * value);
      for (let n = 0; n < rows; n++) {
        let sumDXHat = 0;
        let sumDXHatXHat = 0;
        for (let c = 0; c < features; c++) {
          const i = n * features + c;
          sumDXHat += dXHat[i];
          sumDXHatXHat += dXHat[i] * xHat[i];
        }
        for (let c = 0; c < features; c++) {
          const i = n * features + c;
          dx[i] = r[n] * (dXHat[i] - sumDXHat / features - (xHat[i] * sumDXHatXHat) / features);
        }
      }
      return dx;
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
