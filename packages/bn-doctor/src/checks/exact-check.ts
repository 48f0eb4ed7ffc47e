import type { LayerEvidence } from "../evidence.js";
import { formatPercent } from "../format.js";
import { type GuardedSubject, SubjectFailure } from "../guarded-subject.js";
import type { Trial } from "../trials.js";
import type { Check, CheckId } from "../verdict.js";
import type { Finding } from "./finding.js";

/** A layer under examination: its subject guarded, and the inputs to try it on. */
export interface Examined {
  readonly layer: LayerEvidence;
  readonly subject: GuardedSubject;
  /** The chosen batches. */
  readonly chosen: readonly Trial[];
  /** The chosen batches and, where the run stayed finite, a real one. */
  readonly trials: readonly Trial[];
}

/** A check against formulas: what a healthy layer does, what is wrong with another, and how to find out. */
export interface ExactCheck {
  readonly id: CheckId;
  readonly healthy: string;
  readonly faulty: string;
  readonly examine: (examined: Examined) => readonly Finding[];
}

/** A look at each trial in turn, with the layer in the trial's state, and afterwards as it was. */
export function onEachTrial(look: (subject: GuardedSubject, trial: Trial) => Finding): ExactCheck["examine"] {
  return ({ subject, trials }) =>
    trials.map((trial) =>
      subject.undisturbed(() => {
        subject.write(trial.state);
        return look(subject, trial);
      }),
    );
}

/**
 * Runs one exact check on every layer and reports the worst finding. `value` is the worst error as a multiple of what
 * rounding explains, `bound` is 1. A subject that throws, or gives back the wrong thing, fails.
 */
export function runExactCheck(
  { id, healthy, faulty, examine }: ExactCheck,
  layers: readonly Examined[],
): Check {
  const bound = 1;
  let worst = { used: 0, seen: "", name: "" };
  let blind: string | undefined;
  for (const examined of layers) {
    const { name } = examined.layer;
    try {
      for (const finding of examine(examined)) {
        if (finding.used > worst.used) worst = { ...finding, name };
        if (finding.blind !== undefined) blind = `${name}: ${finding.blind}`;
      }
    } catch (error) {
      if (!(error instanceof SubjectFailure)) throw error;
      return { id, passed: false, value: null, bound, meaning: `${name}: ${error.message}` };
    }
  }
  if (worst.used > bound) {
    const value = Number.isFinite(worst.used) ? worst.used : null;
    return { id, passed: false, value, bound, meaning: `${worst.name}: ${worst.seen}. ${faulty}` };
  }
  if (blind !== undefined) return { id, passed: "inconclusive", value: worst.used, bound, meaning: blind };
  const size = `The largest error, in ${worst.name}, is ${formatPercent(worst.used)} of what rounding explains.`;
  const meaning = worst.used > 0 ? `${healthy} ${size}` : healthy;
  return { id, passed: true, value: worst.used, bound, meaning };
}
