import type { Pass } from "../formulas.js";
import { batchMoments } from "../moments.js";
import { batchErrors, noErrors, type StatisticsErrors } from "../rounding.js";
import type { Trial } from "../trials.js";
import type { Examined } from "./exact-check.js";

/** A pass as the formulas see it, and how far the layer's statistics may be from the exact ones. */
export interface ExpectedPass {
  readonly pass: Pass;
  readonly errors: StatisticsErrors;
}

/** A training pass over the trial's batch, on the layer as it is now. */
export function trainPass({ implementation, declared }: Examined, { x, rows }: Trial): ExpectedPass {
  const { features, precision } = implementation;
  const { gamma, beta } = implementation.read();
  const statistics = batchMoments(x, rows, features);
  return {
    pass: { x, rows, gamma, beta, statistics, epsilon: declared.epsilon },
    errors: batchErrors(statistics, rows, precision),
  };
}

/** An eval pass over the trial's batch, on the layer as it is now. */
export function evalPass({ implementation, declared }: Examined, { x, rows }: Trial): ExpectedPass {
  const { gamma, beta, popMean, popVar } = implementation.read();
  const statistics = { mean: new Float64Array(popMean), variance: new Float64Array(popVar) };
  return {
    pass: { x, rows, gamma, beta, statistics, epsilon: declared.epsilon },
    errors: noErrors(implementation.features),
  };
}
