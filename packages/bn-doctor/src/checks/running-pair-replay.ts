import type { GuardedSubject } from "../guarded-subject.js";
import { toleranceOf } from "../rounding.js";
import type { RunningPairReplay } from "../running-pair-replay.js";
import type { ExactCheck } from "./exact-check.js";
import { compare, type Finding, worstOf } from "./finding.js";

/** The layer's running pair is the one that its training batches lead to. */
export const runningPairReplay: ExactCheck = {
  id: "running-pair-replay",
  healthy:
    "The running mean and variance are what the training batches lead to, computed again by other code.",
  faulty:
    "Training does not lead to the declared running pair: check decay, its direction, and which variance is stored.",
  examine: ({ layer, subject }) =>
    comparePair(subject, layer.replay, `after ${layer.replay.batches} training batches`),
};

/** A pair that was never updated must lie this many tolerances off, or the comparison could not tell it from a right one. */
const TELLING = 100;

/** Compares the pair that the layer holds now, and that started from (0, 1), with a replay. */
export function comparePair(subject: GuardedSubject, replay: RunningPairReplay, when: string): Finding[] {
  const { features, precision } = subject;
  const { popMean, popVar } = subject.read();
  const mean = {
    what: "popMean",
    when,
    expected: replay.mean,
    tolerance: toleranceOf(replay.meanRounding, precision),
    features,
  };
  const variance = {
    what: "popVar",
    when,
    expected: replay.variance,
    tolerance: toleranceOf(replay.varianceRounding, precision),
    features,
  };
  const untouched = worstOf([
    compare({ ...mean, actual: new Float64Array(features) }),
    compare({ ...variance, actual: new Float64Array(features).fill(1) }),
  ]);
  const blind =
    untouched.used < TELLING
      ? `Not judged: ${when} the declared decay has hardly moved the running pair from (0, 1), so rounding hides whether it moved rightly. Train longer, or with a faster decay.`
      : undefined;
  return [
    { ...compare({ ...mean, actual: popMean }), blind },
    { ...compare({ ...variance, actual: popVar }), blind },
  ];
}
