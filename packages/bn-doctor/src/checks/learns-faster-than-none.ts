import type { Check } from "../check.js";
import type { Curve, Evidence } from "../evidence.js";
import { firstNonFinite } from "../first-non-finite.js";
import { format } from "../format.js";
import { meanOverSteps } from "./curves.js";
import { whyUnsettled } from "./settled.js";

/** The first half is left out: with some learning rates batch norm starts from a higher loss, and overtakes. */
const JUDGED_PART = 0.5;

/** Below this ratio of mean losses batch norm is clearly faster. */
const FASTER = 0.95;

/**
 * From this ratio on it is clearly slower. Measured on some 330 correct runs, 64 rows and more, learning rates from .01
 * to 1: without a layer narrower than 16 features at most .88, with one of 3 to 8 up to 1.3. In the default job a
 * gradient that ignores the statistics comes to 2.9, training by the running pair to 2.7.
 *
 * That was plain SGD at a constant rate, ReLU and normal He weights. In 59 correct runs with other optimisers,
 * schedules, activations, first weights and weight decay it was at most 1.26 but once: 2.05 with RMSprop, one-cycle,
 * GELU and orthogonal weights (ε = 0.1; 1.95 at 1e-5). So nobody is blamed there.
 */
const SLOWER = 1.75;

/** Where both losses are tiny their ratio says nothing: a slower run must also be worse by this much. */
const SLOWER_BY = 0.1;

/**
 * To this share of its first loss a network must have come to have learned. Batch norm is praised only where one of the
 * two did, and blamed only where the one without it did: at learning rates of 10 and more neither learns, and their
 * losses jump about by any factor.
 */
const LEARNED = 0.9;

/** With smaller batches the noise of their statistics costs a correct layer more than batch norm gains. */
const SMALLEST_BATCH = 64;

/** In fewer steps neither run has got anywhere. */
const FEWEST_STEPS = 50;

/**
 * Batch norm speeds up training. `value` is the mean training loss over the second half of the run, divided by that of
 * the same network without batch norm; `bound` is where it counts as clearly faster. Grossly slower than a network that
 * learned fails where training was as in the runs that were measured, anything else is inconclusive.
 */
export function learnsFasterThanNone(evidence: Evidence): Check {
  const id = "learns-faster-than-none";
  const unclear = whyNotComparable(evidence);
  if (unclear !== undefined)
    return { id, passed: "inconclusive", value: null, bound: FASTER, meaning: unclear };

  const loss = lateLoss(evidence.batchNormRun);
  const baseline = lateLoss(evidence.baselineRun);
  const value = loss / baseline;
  const measured = `Over the second half of the steps the training loss averaged ${format(loss)} with batch norm and ${format(baseline)} without`;
  const learned = (run: Evidence["batchNormRun"], late: number) =>
    late <= LEARNED * run.curves.trainLoss[0][1];
  const baselineLearned = learned(evidence.baselineRun, baseline);
  if (value <= FASTER && (baselineLearned || learned(evidence.batchNormRun, loss))) {
    return { id, passed: true, value, bound: FASTER, meaning: `${measured}: batch norm speeds up training.` };
  }
  if (!baselineLearned) {
    const meaning = `${measured}: that one learned next to nothing, so the fault may be the learning rate's.`;
    return { id, passed: "inconclusive", value, bound: FASTER, meaning };
  }
  if (value >= SLOWER && loss - baseline >= SLOWER_BY) {
    const { unlikeMeasured } = evidence;
    if (unlikeMeasured !== undefined) {
      const meaning = `${measured}: grossly slower, but with ${unlikeMeasured} even a correct batch norm may be.`;
      return { id, passed: "inconclusive", value, bound: FASTER, meaning };
    }
    const meaning = `${measured}. No correct batch norm slows training down this much at this batch size: its gradient or its training output is wrong.`;
    return { id, passed: false, value, bound: FASTER, meaning };
  }
  const meaning = `${measured}: neither clearly faster nor grossly slower, which says nothing about the layer.`;
  return { id, passed: "inconclusive", value, bound: FASTER, meaning };
}

function whyNotComparable(evidence: Evidence): string | undefined {
  const { batchNormRun, baselineRun } = evidence;
  const { batchSize, steps } = batchNormRun;
  const unsettled = whyUnsettled(evidence);
  if (unsettled !== undefined) return unsettled;
  const broken = firstNonFinite(baselineRun);
  if (broken !== undefined) {
    return `Not judged: the network without batch norm broke down at step ${broken.step}, so there is nothing to compare with.`;
  }
  if (batchSize < SMALLEST_BATCH) {
    return `Not judged: with batches of ${batchSize} rows even a correct batch norm may learn more slowly than none; from ${SMALLEST_BATCH} rows on it should not.`;
  }
  if (steps < FEWEST_STEPS) {
    return `Not judged: ${steps} steps are too few to compare speeds; ${FEWEST_STEPS} are enough.`;
  }
  return undefined;
}

function lateLoss({ steps, curves }: { steps: number; curves: { trainLoss: Curve } }): number {
  return meanOverSteps(curves.trainLoss, (1 - JUDGED_PART) * steps);
}
