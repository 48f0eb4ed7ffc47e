import type { BatchNormImplementation } from "@handgrad/bn-doctor";
import { type FaultId, faults, type PlainBatchNorm } from "bn-faults";

/** Why a training run can show nothing of these, neither in curves nor by what reaches the layer. */
const notTrained: Readonly<Partial<Record<FaultId, string>>> = {
  "checkpoint-omits-stats": "a training run loads no checkpoint",
  "stats-poisoned-by-nan": "no digit has a NaN",
  "batch-of-one-accepted": "training leaves out a batch of one row",
};

export const whyNotTrained = (id: FaultId): string | undefined => notTrained[id];

/** Every fault that a network can be trained with. */
export const plantableFaults = (Object.keys(faults) as FaultId[]).filter(
  (id) => whyNotTrained(id) === undefined,
);

/** A plain float32 batch norm of bn-faults, with live arrays, behind the doctor's interface. */
export function plainImplementation(plain: PlainBatchNorm): BatchNormImplementation {
  const { gamma, beta, popMean, popVar, gammaGradient, betaGradient } = plain;
  const arrays = { gamma, beta, popMean, popVar };
  return {
    features: gamma.length,
    precision: "float32",
    forward: (x, rows, mode) => plain.forward(x, rows, mode),
    backward: (dy, rows) => ({
      dx: plain.backward(dy, rows),
      dgamma: gammaGradient,
      dbeta: betaGradient,
    }),
    read: () => ({ ...arrays, batches: plain.batches }),
    write: ({ batches, ...values }) => {
      for (const [name, numbers] of Object.entries(values)) arrays[name as keyof typeof arrays].set(numbers);
      if (batches !== undefined) plain.batches = batches;
    },
    zeroGrad: () => {
      gammaGradient.fill(0);
      betaGradient.fill(0);
    },
    parameters: () => plain.parameters(),
    save: () => plain.save(),
    load: (saved) => plain.load(saved as ReturnType<PlainBatchNorm["save"]>),
  };
}
