import type { BatchNormOptions, Numbers, PlainBatchNorm } from "./plain-batch-norm.js";

/**
 * Correct, with the batch's statistics in one pass, in the layer's own precision: after row n
 *
 *     δ = x − μ, μ += δ/n, M += δ·(x − μ), and in the end σ² = M/N
 *
 * and the gradient in the form dx = γ·r/N · (N·dy − Σ dy − x̂·Σ dy·x̂), x̂ computed again from x.
 * Source: Welford 1962, "Note on a method for calculating corrected sums of squares and products".
 */
export function createWelfordBatchNorm(options: BatchNormOptions): PlainBatchNorm {
  const { features, decay, epsilon, varianceCorrection, precision } = options;
  const zeros = (length: number): Numbers =>
    precision === "float32" ? new Float32Array(length) : new Float64Array(length);
  const round = precision === "float32" ? Math.fround : (value: number) => value;

  let cache: { mode: "train" | "eval"; x: Float64Array; mean: Numbers; r: Float64Array } | undefined;

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
      const variance = layer.popVar.slice();
      if (mode === "train") {
        for (let c = 0; c < features; c++) {
          let mu = 0;
          let m = 0;
          for (let n = 0; n < rows; n++) {
            const value = x[n * features + c];
            const delta = round(value - mu);
            mu = round(mu + round(delta / (n + 1)));
            m = round(m + round(delta * round(value - mu)));
          }
          mean[c] = mu;
          variance[c] = m / rows;
        }
        const batches = layer.batches + 1;
        const share = decay === "cumulative" ? 1 / batches : 1 - decay;
        const correction = varianceCorrection === "unbiased" ? rows / (rows - 1) : 1;
        const popMean = layer.popMean.map((old, c) => old + share * (mean[c] - old));
        const popVar = layer.popVar.map((old, c) => old + share * (variance[c] * correction - old));
        // A NaN or an infinity would stay for ever.
        if (popMean.every(Number.isFinite) && popVar.every(Number.isFinite)) {
          layer.popMean.set(popMean);
          layer.popVar.set(popVar);
          layer.batches = batches;
        }
      }
      const r = Float64Array.from(variance, (v) => 1 / Math.sqrt(v + epsilon));
      const y = zeros(x.length);
      for (let i = 0; i < x.length; i++) {
        const c = i % features;
        y[i] = (x[i] - mean[c]) * r[c] * layer.gamma[c] + layer.beta[c];
      }
      cache = { mode, x: Float64Array.from(x), mean, r };
      return y;
    },

    backward(dy, rows) {
      if (cache === undefined) throw new Error("backward: a forward pass must come first");
      const { mode, x, mean, r } = cache;
      if (dy.length !== x.length || dy.length !== rows * features) {
        throw new RangeError(
          `backward: dy must hold the ${x.length} numbers of the last forward pass, got ${dy.length}`,
        );
      }
      const dx = zeros(dy.length);
      for (let c = 0; c < features; c++) {
        let sumDy = 0;
        let sumDyXHat = 0;
        for (let n = 0; n < rows; n++) {
          const i = n * features + c;
          sumDy += dy[i];
          sumDyXHat += dy[i] * (x[i] - mean[c]) * r[c];
        }
        layer.betaGradient[c] += sumDy;
        layer.gammaGradient[c] += sumDyXHat;
        const scale = layer.gamma[c] * r[c];
        for (let n = 0; n < rows; n++) {
          const i = n * features + c;
          const xHat = (x[i] - mean[c]) * r[c];
          dx[i] =
            mode === "train" ? (scale / rows) * (rows * dy[i] - sumDy - xHat * sumDyXHat) : scale * dy[i];
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
