import type {
  BackwardResult,
  BatchNormImplementation,
  BatchNormState,
  Declaration,
  Mode,
  Precision,
} from "./implementation.js";

/** The ways of computing that are met in the wild; the second of each loses digits far from zero. */
export interface Forms {
  readonly sums: "float64" | "own precision";
  readonly variance: "centred" | "one-pass";
  readonly eval: "centred" | "folded";
}

const CAREFUL: Forms = { sums: "float64", variance: "centred", eval: "centred" };

/** What a test batch norm has: everything but what belongs to training and checkpoints. */
export interface TestBatchNorm extends BatchNormImplementation {
  readonly declared: Declaration;
  backward(dy: ArrayLike<number>, rows: number): BackwardResult;
  forward(x: ArrayLike<number>, rows: number, mode: Mode): ArrayLike<number>;
  read(): BatchNormState;
}

/**
 * A correct batch norm, for tests. With sums in its own precision every single operation is rounded, as a careless but
 * honest float32 library does it.
 */
export function testBatchNorm(
  declared: Declaration & { readonly features: number; readonly precision: Precision },
  forms: Forms = CAREFUL,
): TestBatchNorm {
  const { features, precision, decay, runningVariance } = declared;
  const store = precision === "float32" ? Math.fround : (value: number) => value;
  const f = forms.sums === "float64" ? (value: number) => value : store;
  const vector = (value: number) => new Float64Array(features).fill(value);
  const arrays = {
    gamma: vector(1),
    beta: vector(0),
    popMean: vector(0),
    popVar: vector(1),
  };
  const gradients = { dgamma: vector(0), dbeta: vector(0) };
  const epsilon = f(declared.epsilon);
  let batches = 0;
  let cache = { mode: "train" as Mode, xHat: vector(0), r: vector(0) };

  return {
    features,
    precision,
    declared,

    forward(x, rows, mode) {
      const y = new Float64Array(x.length);
      const xHat = new Float64Array(x.length);
      const r = vector(0);
      if (mode === "train") batches += 1;
      for (let c = 0; c < features; c++) {
        const at = (n: number) => n * features + c;
        let mean = arrays.popMean[c];
        let variance = arrays.popVar[c];
        if (mode === "train") {
          let sum = 0;
          let squares = 0;
          for (let n = 0; n < rows; n++) {
            sum = f(sum + x[at(n)]);
            squares = f(squares + f(x[at(n)] * x[at(n)]));
          }
          mean = f(sum / rows);
          variance = f(f(squares / rows) - f(mean * mean));
          if (forms.variance === "centred") {
            let centred = 0;
            for (let n = 0; n < rows; n++) centred = f(centred + f(f(x[at(n)] - mean) ** 2));
            variance = f(centred / rows);
          }
          const keep = f(decay === "cumulative" ? 1 - 1 / batches : decay);
          const correction = runningVariance === "unbiased" ? f(rows / (rows - 1)) : 1;
          const average = (pop: number, batch: number) => store(f(keep * pop) + f(f(1 - keep) * batch));
          arrays.popMean[c] = average(arrays.popMean[c], mean);
          arrays.popVar[c] = average(arrays.popVar[c], f(variance * correction));
        }
        r[c] = f(1 / f(Math.sqrt(f(variance + epsilon))));
        const scale = f(arrays.gamma[c] * r[c]);
        const shift = f(arrays.beta[c] - f(mean * scale));
        for (let n = 0; n < rows; n++) {
          xHat[at(n)] = f(f(x[at(n)] - mean) * r[c]);
          const folded = mode === "eval" && forms.eval === "folded";
          y[at(n)] = store(
            folded ? f(x[at(n)] * scale) + shift : f(arrays.gamma[c] * xHat[at(n)]) + arrays.beta[c],
          );
        }
      }
      cache = { mode, xHat, r };
      return y;
    },

    backward(dy, rows) {
      const { mode, xHat, r } = cache;
      const dx = new Float64Array(dy.length);
      for (let c = 0; c < features; c++) {
        const at = (n: number) => n * features + c;
        let sumDy = 0;
        let sumDyXHat = 0;
        for (let n = 0; n < rows; n++) {
          sumDy = f(sumDy + dy[at(n)]);
          sumDyXHat = f(sumDyXHat + f(dy[at(n)] * xHat[at(n)]));
        }
        gradients.dbeta[c] = store(gradients.dbeta[c] + sumDy);
        gradients.dgamma[c] = store(gradients.dgamma[c] + sumDyXHat);
        const scale = f(arrays.gamma[c] * r[c]);
        for (let n = 0; n < rows; n++) {
          const means = f(f(sumDy / rows) + f(xHat[at(n)] * f(sumDyXHat / rows)));
          dx[at(n)] = store(scale * (mode === "train" ? f(dy[at(n)] - means) : dy[at(n)]));
        }
      }
      return { dx, ...gradients };
    },

    zeroGrad() {
      for (const gradient of Object.values(gradients)) gradient.fill(0);
    },

    read(): BatchNormState {
      const copies = Object.entries(arrays).map(([name, values]) => [name, values.slice()]);
      return { ...(Object.fromEntries(copies) as typeof arrays), batches };
    },

    write(values) {
      for (const name of Object.keys(arrays) as (keyof typeof arrays)[]) {
        const written = values[name];
        if (written !== undefined) arrays[name].set(Float64Array.from(written, store));
      }
      batches = values.batches ?? batches;
    },
  };
}
