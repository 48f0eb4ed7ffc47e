import type { BatchNormOptions, Numbers, PlainBatchNorm } from "./plain-batch-norm.js";

/**
 * Fault: what is averaged is 1/√(σ² + ε), the factor that eval multiplies by, and popVar is read off that average:
 * small variances weigh too much. It shows only while batches differ in σ.
 */
export function createStatsAverageInverseDeviation(options: BatchNormOptions): PlainBatchNorm {
  const { features, decay, epsilon, varianceCorrection, precision } = options;
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
      const mean = Float64Array.from(layer.popMean);
      const variance = Float64Array.from(layer.popVar);
      if (mode === "train") {
        for (let c = 0; c < features; c++) {
          mean[c] = 0;
          for (let n = 0; n < rows; n++) mean[c] += x[n * features + c];
          mean[c] /= rows;
          variance[c] = 0;
          for (let n = 0; n < rows; n++) variance[c] += (x[n * features + c] - mean[c]) ** 2;
          variance[c] /= rows;
        }
        const batches = layer.batches + 1;
        const keep = decay === "cumulative" ? 1 - 1 / batches : decay;
        const correction = varianceCorrection === "unbiased" ? rows / (rows - 1) : 1;
        const popMean = layer.popMean.map((old, c) => keep * old + (1 - keep) * mean[c]);
        const popVar = layer.popVar.map((old, c) => {
          const batchR = 1 / Math.sqrt(variance[c] * correction + epsilon);
          const r = keep / Math.sqrt(old + epsilon) + (1 - keep) * batchR;
          return 1 / r ** 2 - epsilon;
        });
        // A NaN or an infinity would stay for ever. Of an infinite variance 1/√ is 0, which looks harmless.
        if ([...popMean, ...popVar, ...variance].every(Number.isFinite)) {
          layer.popMean.set(popMean);
          layer.popVar.set(popVar);
          layer.batches = batches;
        }
      }
      const r = variance.map((v) => 1 / Math.sqrt(v + epsilon));
      const xHat = new Float64Array(x.length);
      const y = zeros(x.length);
      for (let i = 0; i < x.length; i++) {
        const c = i % features;
        xHat[i] = (x[i] - mean[c]) * r[c];
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
        const scale = layer.gamma[c] * r[c];
        for (let n = 0; n < rows; n++) {
          const i = n * features + c;
          dx[i] =
            mode === "train" ? scale * (dy[i] - sumDy / rows - (xHat[i] * sumDyXHat) / rows) : scale * dy[i];
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
