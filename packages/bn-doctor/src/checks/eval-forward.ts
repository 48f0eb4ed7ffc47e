import { format } from "../format.js";
import { output } from "../formulas.js";
import type { GuardedSubject } from "../guarded-subject.js";
import { outputTolerance } from "../rounding.js";
import type { Trial } from "../trials.js";
import { type ExactCheck, onEachTrial } from "./exact-check.js";
import { compare, type Finding, placeOf, unlessWrong } from "./finding.js";
import { evalPass } from "./passes.js";

/** y = γ·(x − popMean)/√(popVar + ε) + β, each row for itself. */
export const evalForward: ExactCheck = {
  id: "eval-forward",
  healthy:
    "In eval the output is γ·(x − popMean)/√(popVar + ε) + β, for every row whatever stands beside it.",
  faulty: "An eval pass does not normalise by the running pair alone, or misapplies γ, β or ε.",
  examine: onEachTrial((subject, trial) =>
    unlessWrong(formula(subject, trial), () => concatenation(subject, trial)),
  ),
};

function formula(subject: GuardedSubject, trial: Trial): Finding {
  const { pass, errors } = evalPass(subject, trial);
  return compare({
    what: "y",
    when: `on ${trial.name}`,
    actual: subject.undisturbed(() => subject.forward(trial.x, trial.rows, "eval")),
    expected: output(pass),
    tolerance: outputTolerance(pass, errors, subject.precision),
    features: subject.features,
  });
}

/** The first row alone, then the others, give the bits that all rows give together. */
function concatenation(subject: GuardedSubject, { name, x }: Trial): Finding {
  const { features } = subject;
  const numbers = new Float64Array(x);
  // Each from the same state: whether eval passes change it is another check's question.
  const evaluate = (x: Float64Array) =>
    subject.undisturbed(() => subject.forward(x, x.length / features, "eval"));
  const together = evaluate(numbers);
  const first = evaluate(numbers.subarray(0, features));
  const others = evaluate(numbers.subarray(features));
  for (let i = 0; i < together.length; i++) {
    const apart = i < features ? first[i] : others[i - features];
    if (Object.is(apart, together[i])) continue;
    const values = `${format(together[i])} with all rows, ${format(apart)} with some of them left out`;
    return { used: Number.POSITIVE_INFINITY, seen: `on ${name}, ${placeOf("y", i, features)} is ${values}` };
  }
  return { used: 0, seen: "" };
}
