import { format } from "../format.js";
import { output } from "../formulas.js";
import { outputTolerance } from "../rounding.js";
import type { Trial } from "../trials.js";
import { type ExactCheck, type Examined, onEachTrial } from "./exact-check.js";
import { compare, type Finding, placeOf, unlessWrong } from "./finding.js";
import { evalPass } from "./passes.js";

/** y = γ·(x − popMean)/√(popVar + ε) + β, each row for itself. */
export const evalForward: ExactCheck = {
  id: "eval-forward",
  healthy:
    "In eval the output is γ·(x − popMean)/√(popVar + ε) + β, for every row whatever stands beside it.",
  faulty: "An eval pass does not normalise by the running pair alone, or misapplies γ, β or ε.",
  examine: onEachTrial((examined, trial) => [
    unlessWrong(formula(examined, trial), () => concatenation(examined, trial)),
  ]),
};

function formula(examined: Examined, trial: Trial): Finding {
  const { implementation } = examined;
  const { pass, errors } = evalPass(examined, trial);
  return compare({
    what: "y",
    input: `on ${trial.name}`,
    actual: implementation.undisturbed(() => implementation.forward(trial.x, trial.rows, "eval")),
    expected: output(pass),
    tolerance: outputTolerance(pass, errors, implementation.precision),
    features: implementation.features,
  });
}

/** The first row alone, then the others, give the bits that all rows give together. */
function concatenation({ implementation }: Examined, { name, x }: Trial): Finding {
  const { features } = implementation;
  const numbers = new Float64Array(x);
  // Each from the same state: whether eval passes change it is another check's question.
  const evaluate = (x: Float64Array) =>
    implementation.undisturbed(() => implementation.forward(x, x.length / features, "eval"));
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
