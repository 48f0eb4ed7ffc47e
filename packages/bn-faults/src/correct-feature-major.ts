import type { BatchNormOptions, Numbers, PlainBatchNorm } from "./plain-batch-norm.js";

/** Correct, computed on the transposed batch [C, N], one contiguous feature at a time, in float64. */
export function createFeatureMajorBatchNorm(options: BatchNormOptions): PlainBatchNorm {
  const { features, decay, epsilon, varianceCorrection, precision } = options;
  const zeros = (length: number): Numbers =>
    precision === "float32" ? new Float32Array(length) : new Float64Array(length);
  /** [N, C] to C arrays of N numbers. */
  const featuresOf = (x: ArrayLike<number>, rows: number): Float64Array[] =>
    Array.from({ length: features }, (_, c) =>
      Float64Array.from({ length: rows }, (_, n) => x[n * features + c]),
    );
  /** C arrays of N numbers to [N, C]. */
  const rowsOf = (columns: readonly Float64Array[]): Numbers =>
    zeros(columns.length * columns[0].length).map((_, i) => columns[i % features][Math.floor(i / features)]);
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

  let cache: { mode: "train" | "eval"; xHat: Float64Array[]; r: Float64Array } | undefined;

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
      const columns = featuresOf(x, rows);
      const mean = Float64Array.from(layer.popMean);
      const variance = Float64Array.from(layer.popVar);
      if (mode === "train") {
        for (const [c, column] of columns.entries()) {
          mean[c] = sum(column) / rows;
          variance[c] = sum(column.map((value) => (value - mean[c]) ** 2)) / rows;
        }
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
      const r = variance.map((v) => 1 / Math.sqrt(v + epsilon));
      const xHat = columns.map((column, c) => column.map((value) => (value - mean[c]) * r[c]));
      cache = { mode, xHat, r };
      return rowsOf(xHat.map((column, c) => column.map((value) => layer.gamma[c] * value + layer.beta[c])));
    },

    backward(dy, rows) {
      if (cache === undefined) throw new Error("backward: a forward pass must come first");
      const { mode, xHat, r } = cache;
      const length = features * xHat[0].length;
      if (dy.length !== length || dy.length !== rows * features) {
        throw new RangeError(
          `backward: dy must hold the ${length} numbers of the last forward pass, got ${dy.length}`,
        );
      }
      const dx = featuresOf(dy, rows).map((column, c) => {
        const sumDy = sum(column);
        const sumDyXHat = sum(column.map((value, n) => value * xHat[c][n]));
        layer.betaGradient[c] += sumDy;
        layer.gammaGradient[c] += sumDyXHat;
        const scale = layer.gamma[c] * r[c];
        if (mode === "eval") return column.map((value) => scale * value);
        return column.map((value, n) => scale * (value - sumDy / rows - (xHat[c][n] * sumDyXHat) / rows));
      });
      return rowsOf(dx);
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
