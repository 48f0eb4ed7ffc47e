import type { BatchNormOptions, Numbers, PlainBatchNorm } from "./plain-batch-norm.js";

/**
 * Correct, with everything in the layer's own precision: each operation is rounded, sums run from the first row to the
 * last, and μ is kept as rounded. The formulas are those of `createCorrectBatchNorm`.
 */
export function createOwnPrecisionBatchNorm(options: BatchNormOptions): PlainBatchNorm {
  const { features, decay, epsilon, varianceCorrection, precision } = options;
  const zeros = (length: number): Numbers =>
    precision === "float32" ? new Float32Array(length) : new Float64Array(length);
  const round = precision === "float32" ? Math.fround : (value: number) => value;

  let cache: { mode: "train" | "eval"; xHat: Numbers; r: Numbers } | undefined;

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
          let sum = 0;
          for (let n = 0; n < rows; n++) sum = round(sum + x[n * features + c]);
          mean[c] = sum / rows;
          let squares = 0;
          for (let n = 0; n < rows; n++) {
            const centred = round(x[n * features + c] - mean[c]);
            squares = round(squares + round(centred * centred));
          }
          variance[c] = squares / rows;
        }
        const batches = layer.batches + 1;
        const keep = round(decay === "cumulative" ? 1 - 1 / batches : decay);
        const take = round(1 - keep);
        const correction = round(varianceCorrection === "unbiased" ? rows / (rows - 1) : 1);
        const popMean = layer.popMean.map((old, c) => round(keep * old) + round(take * mean[c]));
        const popVar = layer.popVar.map(
          (old, c) => round(keep * old) + round(take * round(variance[c] * correction)),
        );
        // A NaN or an infinity would stay for ever.
        if (popMean.every(Number.isFinite) && popVar.every(Number.isFinite)) {
          layer.popMean.set(popMean);
          layer.popVar.set(popVar);
          layer.batches = batches;
        }
      }
      const r = variance.map((v) => 1 / round(Math.sqrt(round(v + epsilon))));
      const xHat = zeros(x.length);
      const y = zeros(x.length);
      for (let i = 0; i < x.length; i++) {
        const c = i % features;
        xHat[i] = round(x[i] - mean[c]) * r[c];
        y[i] = round(layer.gamma[c] * xHat[i]) + layer.beta[c];
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
          sumDy = round(sumDy + dy[i]);
          sumDyXHat = round(sumDyXHat + round(dy[i] * xHat[i]));
        }
        layer.betaGradient[c] += sumDy;
        layer.gammaGradient[c] += sumDyXHat;
        const scale = round(layer.gamma[c] * r[c]);
        const meanDy = round(sumDy / rows);
        const meanDyXHat = round(sumDyXHat / rows);
        for (let n = 0; n < rows; n++) {
          const i = n * features + c;
          dx[i] =
            mode === "train"
              ? scale * round(round(dy[i] - meanDy) - round(xHat[i] * meanDyXHat))
              : scale * dy[i];
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
