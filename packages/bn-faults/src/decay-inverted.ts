import type { BatchNormOptions, Numbers, PlainBatchNorm } from "./plain-batch-norm.js";

/** Fault: decay and 1 − decay are swapped, so the running pair is little more than the last batch. */
export function createDecayInverted(options: BatchNormOptions): PlainBatchNorm {
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
      const y = zeros(x.length);
      const xHat = new Float64Array(x.length);
      const r = new Float64Array(features);
      if (mode === "train") layer.batches += 1;
      for (let c = 0; c < features; c++) {
        let mean = layer.popMean[c];
        let variance = layer.popVar[c];
        if (mode === "train") {
          mean = 0;
          for (let n = 0; n < rows; n++) mean += x[n * features + c];
          mean /= rows;
          variance = 0;
          for (let n = 0; n < rows; n++) variance += (x[n * features + c] - mean) ** 2;
          variance /= rows;
          const keep = decay === "cumulative" ? 1 - 1 / layer.batches : decay;
          const correction = varianceCorrection === "unbiased" ? rows / (rows - 1) : 1;
          layer.popMean[c] = (1 - keep) * layer.popMean[c] + keep * mean;
          layer.popVar[c] = (1 - keep) * layer.popVar[c] + keep * variance * correction;
        }
        r[c] = 1 / Math.sqrt(variance + epsilon);
        for (let n = 0; n < rows; n++) {
          const i = n * features + c;
          xHat[i] = (x[i] - mean) * r[c];
          y[i] = layer.gamma[c] * xHat[i] + layer.beta[c];
        }
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
  };
  return layer;
}
