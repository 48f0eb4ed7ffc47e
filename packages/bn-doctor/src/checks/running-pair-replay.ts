import type { GuardedSubject } from "../guarded-subject.js";
import { toleranceOf } from "../rounding.js";
import type { RunningPairReplay } from "../running-pair-replay.js";
import type { ExactCheck } from "./exact-check.js";
import { compare, type Finding } from "./finding.js";

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

/** Compares the pair that the layer holds now with a replay. */
export function comparePair(subject: GuardedSubject, replay: RunningPairReplay, when: string): Finding[] {
  const { features, precision } = subject;
  const { popMean, popVar } = subject.read();
  return [
    compare({
      what: "popMean",
      when,
      actual: popMean,
      expected: replay.mean,
      tolerance: toleranceOf(replay.meanRounding, precision),
      features,
    }),
    compare({
      what: "popVar",
      when,
      actual: popVar,
      expected: replay.variance,
      tolerance: toleranceOf(replay.varianceRounding, precision),
      features,
    }),
  ];
}
