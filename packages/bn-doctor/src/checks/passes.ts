import type { Pass } from "../formulas.js";
import type { GuardedSubject } from "../guarded-subject.js";
import { batchMoments } from "../moments.js";
import { batchErrors, noErrors, type StatisticsErrors } from "../rounding.js";
import type { Trial } from "../trials.js";

/** A pass as the formulas see it, and how far the layer's statistics may be from the exact ones. */
export interface ExpectedPass {
  readonly pass: Pass;
  readonly errors: StatisticsErrors;
}

/** A training pass over the trial's batch, on the layer as it is now. */
export function trainPass(subject: GuardedSubject, { x, rows }: Trial): ExpectedPass {
  const { features, precision, declared } = subject;
  const { gamma, beta } = subject.read();
  const statistics = batchMoments(x, rows, features);
  return {
    pass: { x, rows, gamma, beta, statistics, epsilon: declared.epsilon },
    errors: batchErrors(statistics, rows, precision),
  };
}

/** An eval pass over the trial's batch, on the layer as it is now. */
export function evalPass(subject: GuardedSubject, { x, rows }: Trial): ExpectedPass {
  const { features, declared } = subject;
  const { gamma, beta, popMean, popVar } = subject.read();
  const statistics = { mean: new Float64Array(popMean), variance: new Float64Array(popVar) };
  return {
    pass: { x, rows, gamma, beta, statistics, epsilon: declared.epsilon },
    errors: noErrors(features),
  };
}
