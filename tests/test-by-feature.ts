import type { BatchNormImplementation, Mode, Precision } from "@handgrad/bn-doctor";

/** What one feature keeps. */
export interface Feature {
  gamma: number;
  beta: number;
  popMean: number;
  popVar: number;
  batches: number;
}

/** One feature's part of a pass. */
export interface Pass {
  readonly x: readonly number[];
  readonly n: number;
  readonly c: number;
  readonly mode: Mode;
  readonly feature: Feature;
  mean: number;
  variance: number;
  r: number;
  xHat: number[];
}

/** A batch norm as formulas over one feature, each of which may be replaced. */
export interface Formulas {
  features: number;
  precision: Precision;
  epsilon: number;
  decay: number;
  mean(x: readonly number[]): number;
  variance(x: readonly number[], mean: number): number;
  inverse(variance: number, epsilon: number): number;
  /** What a mode normalises by. */
  statistics(pass: {
    mean: number;
    variance: number;
    mode: Mode;
    feature: Feature;
    n: number;
    x: readonly number[];
  }): {
    mean: number;
    variance: number;
  };
  y(pass: Pass): number[];
  update(pass: Pass, moments: { mean: number; variance: number }, y: number[]): void;
  backward(pass: Pass, dy: readonly number[]): { dx: number[]; dgamma: number; dbeta: number };
}

export const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

export const right: Formulas = {
  features: 3,
  precision: "float64",
  epsilon: 1e-5,
  decay: 0.9,
  mean: (x) => sum(x) / x.length,
  variance: (x, mean) => sum(x.map((x) => (x - mean) ** 2)) / x.length,
  inverse: (variance, epsilon) => 1 / Math.sqrt(variance + epsilon),
  statistics: ({ mean, variance, mode, feature }) =>
    mode === "train" ? { mean, variance } : { mean: feature.popMean, variance: feature.popVar },
  y: ({ xHat, feature }) => xHat.map((xHat) => feature.gamma * xHat + feature.beta),
  update(this: Formulas, { feature }, { mean, variance }) {
    feature.popMean = this.decay * feature.popMean + (1 - this.decay) * mean;
    feature.popVar = this.decay * feature.popVar + (1 - this.decay) * variance;
  },
  backward: ({ mode, xHat, r, n, feature }, dy) => {
    const dbeta = sum(dy);
    const dgamma = sum(dy.map((dy, i) => dy * xHat[i]));
    const dx = dy.map((dy, i) =>
      mode === "eval"
        ? feature.gamma * r * dy
        : feature.gamma * r * (dy - dbeta / n - (xHat[i] * dgamma) / n),
    );
    return { dx, dgamma, dbeta };
  },
};

type Made = BatchNormImplementation & Required<Pick<BatchNormImplementation, "backward" | "zeroGrad">>;

/** A batch norm over plain number arrays by the right formulas, but for `changes`. */
export function byFeature(changes: Partial<Formulas> = {}): Made {
  const f: Formulas = { ...right, ...changes };
  const store = f.precision === "float32" ? Math.fround : (v: number) => v;
  const all: Feature[] = Array.from({ length: f.features }, () => ({
    gamma: 1,
    beta: 0,
    popMean: 0,
    popVar: 1,
    batches: 0,
  }));
  let passes: Pass[] = [];
  const zeros = () => ({
    dgamma: new Array<number>(f.features).fill(0),
    dbeta: new Array<number>(f.features).fill(0),
  });
  let grads = zeros();
  const names = ["gamma", "beta", "popMean", "popVar"] as const;
  return {
    features: f.features,
    precision: f.precision,
    forward(x, rows, mode) {
      if (mode === "train" && rows < 2) throw new Error("one row");
      const out = new Array<number>(x.length);
      passes = all.map((feature, c) => {
        const column = Array.from({ length: rows }, (_, n) => x[n * f.features + c]);
        const mean = f.mean(column);
        const variance = f.variance(column, mean);
        const used = f.statistics({ mean, variance, mode, feature, n: rows, x: column });
        const r = f.inverse(used.variance, f.epsilon);
        const xHat = column.map((x) => (x - used.mean) * r);
        const pass = { x: column, n: rows, c, mode, feature, ...used, r, xHat };
        const y = f.y(pass);
        if (mode === "train" && Number.isFinite(variance)) {
          f.update(pass, { mean, variance }, y);
          feature.popMean = store(feature.popMean);
          feature.popVar = store(feature.popVar);
        }
        y.forEach((y, n) => {
          out[n * f.features + c] = store(y);
        });
        return pass;
      });
      return out;
    },
    backward(dy) {
      const dx = new Array<number>(dy.length);
      passes.forEach((pass, c) => {
        const g = f.backward(
          pass,
          pass.x.map((_, n) => dy[n * f.features + c]),
        );
        g.dx.forEach((v, n) => {
          dx[n * f.features + c] = store(v);
        });
        grads.dgamma[c] = store(grads.dgamma[c] + g.dgamma);
        grads.dbeta[c] = store(grads.dbeta[c] + g.dbeta);
      });
      return { dx, dgamma: grads.dgamma, dbeta: grads.dbeta };
    },
    zeroGrad() {
      grads = zeros();
    },
    read: () => ({
      ...Object.fromEntries(names.map((n) => [n, all.map((v) => v[n])])),
      batches: all[0].batches,
    }),
    write(values) {
      for (const [c, feature] of all.entries()) {
        for (const name of names) feature[name] = values[name]?.[c] ?? feature[name];
        feature.batches = values.batches ?? feature.batches;
      }
    },
  };
}
