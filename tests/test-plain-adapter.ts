import type { BatchNormImplementation, Declaration } from "@handgrad/bn-doctor";
import type { BatchNormOptions, PlainBatchNorm } from "bn-faults";

const ARRAYS = ["gamma", "beta", "popMean", "popVar"] as const;

/** The adapter between a plain batch norm and the doctor. */
export function adapterOf(
  layer: PlainBatchNorm,
  { features, precision }: Pick<BatchNormOptions, "features" | "precision">,
): BatchNormImplementation & Required<Pick<BatchNormImplementation, "backward">> {
  return {
    features,
    precision,
    forward: (x, rows, mode) => layer.forward(x, rows, mode),
    backward: (dy, rows) => ({
      dx: layer.backward(dy, rows),
      dgamma: layer.gammaGradient,
      dbeta: layer.betaGradient,
    }),
    zeroGrad() {
      layer.gammaGradient.fill(0);
      layer.betaGradient.fill(0);
    },
    read: () => ({
      gamma: layer.gamma.slice(),
      beta: layer.beta.slice(),
      popMean: layer.popMean.slice(),
      popVar: layer.popVar.slice(),
      batches: layer.batches,
    }),
    write(values) {
      for (const name of ARRAYS) layer[name].set(values[name] ?? layer[name]);
      layer.batches = values.batches ?? layer.batches;
    },
    parameters: () => layer.parameters(),
    save: () => layer.save(),
    load: (saved) => layer.load(saved as ReturnType<PlainBatchNorm["save"]>),
  };
}

/** What a plain batch norm promises, in the doctor's words. */
export function declarationOf({ epsilon, decay, varianceCorrection }: BatchNormOptions): Declaration {
  return { epsilon, decay, runningVariance: varianceCorrection };
}
