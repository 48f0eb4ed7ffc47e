import type { Check } from "../check.js";
import type { Evidence } from "../evidence.js";
import { format } from "../format.js";
import { pointsAfter, valueAt } from "./curves.js";
import { whyCorrectPairIsFar } from "./pair-distance.js";
import { whyUnsettled } from "./settled.js";

/**
 * A gap up to GAP_FLOOR + GAP_SHARE · training loss is no fault. A correct pair near the data makes eval loss lower than
 * training loss, which is averaged over past steps and pays for the noise of its batches; one large last step, or a
 * training loss averaged over few steps, can turn that round. Measured on some 270 correct runs: at most .24 at the
 * end, where .31 is granted (hidden widths 2 and 3, decay 0), and at most .09 from widths of 9 on. Statistics that were
 * never updated give 0.9.
 */
const GAP_FLOOR = 0.15;
const GAP_SHARE = 0.25;

/** A fault shows all through this part of the run, at its end; a single bad step does not. */
const JUDGED_PART = 0.25;

/**
 * In eval the network does about as well on the training data as in training. `value` is the eval-mode loss minus the
 * training-mode loss at the end. It means something only where a correct running pair is near the data.
 */
export function trainEvalGap(evidence: Evidence): Check {
  const id = "train-eval-gap";
  const unclear = whyUnsettled(evidence) ?? whyCorrectPairIsFar(evidence.layers);
  if (unclear !== undefined) {
    return { id, passed: "inconclusive", value: null, bound: null, meaning: unclear };
  }

  const { steps, curves } = evidence.batchNormRun;
  const points = pointsAfter(curves.evalTrainLoss, (1 - JUDGED_PART) * steps).map(([step, evalLoss]) => {
    const trainLoss = valueAt(curves.trainLoss, step);
    return { evalLoss, trainLoss, value: evalLoss - trainLoss, bound: GAP_FLOOR + GAP_SHARE * trainLoss };
  });
  const { evalLoss, trainLoss, value, bound } = points[points.length - 1];
  const measured = `At the end the loss on the same training data is ${format(evalLoss)} in eval and ${format(trainLoss)} in training`;
  if (value <= bound) {
    return { id, passed: true, value, bound, meaning: `${measured}: eval computes what training learned.` };
  }
  if (points.some(({ value, bound }) => value <= bound)) {
    const meaning = `${measured}, but shortly before it was near: a last step that went too far looks like this, too.`;
    return { id, passed: "inconclusive", value, bound, meaning };
  }
  const meaning = `${measured}. A correct running pair is near the data here and overfitting cannot show, so the layer computes something else in eval than it learned in training.`;
  return { id, passed: false, value, bound, meaning };
}
