import type { GuardedImplementation } from "../guarded-implementation.js";
import { toleranceOf } from "../rounding.js";
import type { RunningPairReplay } from "../running-pair-replay.js";
import { compare, type Finding, worstOf } from "./finding.js";

/** A pair that was never updated must lie this many tolerances off, or the comparison could not tell it from a right one. */
const TELLING = 100;

/** Compares the pair that the layer holds now, and that started from (0, 1), with a replay. */
export function comparePair(
  implementation: GuardedImplementation,
  replay: RunningPairReplay,
  input: string,
): Finding[] {
  const { features, precision } = implementation;
  const { popMean, popVar } = implementation.read();
  const mean = {
    what: "popMean",
    input,
    expected: replay.mean,
    tolerance: toleranceOf(replay.meanRounding, precision),
    features,
  };
  const variance = {
    what: "popVar",
    input,
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
      ? `Not judged: ${input} the declared decay has hardly moved the running pair from (0, 1), so rounding hides whether it moved rightly. Train longer, or with a faster decay.`
      : undefined;
  return [
    { ...compare({ ...mean, actual: popMean }), blind },
    { ...compare({ ...variance, actual: popVar }), blind },
  ];
}
