import type { Check, CheckId } from "../check.js";
import { formatPercent } from "../format.js";
import { type GuardedImplementation, ImplementationError } from "../guarded-implementation.js";
import type { Declaration } from "../implementation.js";
import type { Trial } from "../trials.js";
import type { Finding } from "./finding.js";

/** An implementation under examination, what it is held against, and the inputs to try it on. */
export interface Examined {
  /** For people, where there are several: "layer 1 (BatchNorm)". */
  readonly name?: string | undefined;
  readonly implementation: GuardedImplementation;
  readonly declared: Declaration;
  /** The chosen batches. */
  readonly chosen: readonly Trial[];
  /** The chosen batches and, where there is one, a real batch. */
  readonly trials: readonly Trial[];
}

/** A check against formulas: what a healthy layer does, what is wrong with another, and how to find out. */
export interface ExactCheck {
  readonly id: CheckId;
  readonly healthy: string;
  readonly faulty: string;
  readonly examine: (examined: Examined) => readonly Finding[];
}

/** What an exact check found, one by one and as a whole. */
export interface ExactResult {
  readonly check: Check;
  readonly findings: readonly Finding[];
  readonly failure?: ImplementationError;
}

/** A look at each trial in turn, with the layer in the trial's state, and afterwards as it was. */
export function onEachTrial(
  look: (examined: Examined, trial: Trial) => readonly Finding[],
): ExactCheck["examine"] {
  return (examined) =>
    examined.trials.flatMap((trial) =>
      examined.implementation.undisturbed(() => {
        examined.implementation.write(trial.state);
        return look(examined, trial);
      }),
    );
}

/**
 * Runs one exact check. `value` is the worst error as a multiple of what rounding explains, `bound` is 1.
 * An implementation that throws, or gives back the wrong thing, fails.
 */
export function runExactCheck({ id, healthy, faulty, examine }: ExactCheck, examined: Examined): ExactResult {
  const bound = 1;
  const named = (text: string) => (examined.name === undefined ? text : `${examined.name}: ${text}`);
  let findings: readonly Finding[];
  try {
    findings = examine(examined);
  } catch (error) {
    if (!(error instanceof ImplementationError)) throw error;
    const check = { id, passed: false, value: null, bound, meaning: named(error.message) } as const;
    return { check, findings: [], failure: error };
  }
  const worst = findings.reduce((worst, finding) => (finding.used > worst.used ? finding : worst), {
    used: 0,
    seen: "",
  });
  const value = Number.isFinite(worst.used) ? worst.used : null;
  if (worst.used > bound) {
    const meaning = `${named(worst.seen)}. ${faulty}`;
    return { check: { id, passed: false, value, bound, meaning }, findings };
  }
  const blind = findings.find((finding) => finding.blind !== undefined)?.blind;
  if (blind !== undefined) {
    return { check: { id, passed: "inconclusive", value, bound, meaning: named(blind) }, findings };
  }
  const where = examined.name === undefined ? "" : `, in ${examined.name},`;
  const size = `The largest error${where} is ${formatPercent(worst.used)} of what rounding explains.`;
  const meaning = worst.used > 0 ? `${healthy} ${size}` : healthy;
  return { check: { id, passed: true, value, bound, meaning }, findings };
}
