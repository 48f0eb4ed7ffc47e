import { batchStatisticsUpdate } from "./checks/batch-statistics-update.js";
import { evalForward } from "./checks/eval-forward.js";
import { evalGradient } from "./checks/eval-gradient.js";
import { evalWritesNothing } from "./checks/eval-writes-nothing.js";
import { type Examined, runExactCheck } from "./checks/exact-check.js";
import { finite } from "./checks/finite.js";
import { learnsFasterThanNone } from "./checks/learns-faster-than-none.js";
import { runningPairNearData } from "./checks/running-pair-near-data.js";
import { runningPairReplay } from "./checks/running-pair-replay.js";
import { trainEvalGap } from "./checks/train-eval-gap.js";
import { trainForward } from "./checks/train-forward.js";
import { trainGradient } from "./checks/train-gradient.js";
import type { Evidence } from "./evidence.js";
import { whyBroken } from "./first-non-finite.js";
import { GuardedSubject } from "./guarded-subject.js";
import { chosenTrials, realTrial } from "./trials.js";
import { validateEvidence } from "./validate-evidence.js";
import type { Check, Verdict } from "./verdict.js";

/**
 * Judges whether batch norm behaves: exact checks of each layer against its declaration, and what the curves show.
 *
 * Every layer is left as it was, but for the cache of its last forward pass. A subject that throws, gives back the
 * wrong number of numbers, or does not hold what was written fails the check that met it.
 *
 * @throws Error when the evidence contradicts itself; the message names the field.
 */
export function judge(evidence: Evidence): Verdict {
  validateEvidence(evidence);
  const broken = whyBroken(evidence.batchNormRun);
  const layers: Examined[] = evidence.layers.map((layer) => {
    const chosen = chosenTrials(layer);
    const trials = broken === undefined ? [...chosen, realTrial(layer)] : chosen;
    return { layer, subject: new GuardedSubject(layer.subject), chosen, trials };
  });
  const { id } = runningPairReplay;
  const replay: Check =
    broken === undefined
      ? runExactCheck(runningPairReplay, layers)
      : { id, passed: "inconclusive", value: null, bound: 1, meaning: broken };
  const checks = [
    finite(evidence),
    replay,
    runExactCheck(batchStatisticsUpdate, layers),
    runExactCheck(trainForward, layers),
    runExactCheck(trainGradient, layers),
    runExactCheck(evalForward, layers),
    runExactCheck(evalGradient, layers),
    runExactCheck(evalWritesNothing, layers),
    runningPairNearData(evidence, layers),
    trainEvalGap(evidence),
    learnsFasterThanNone(evidence),
  ];
  return { healthy: checks.every(({ passed }) => passed !== false), checks };
}
