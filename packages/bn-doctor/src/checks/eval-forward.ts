import { output } from "../formulas.js";
import { outputTolerance } from "../rounding.js";
import type { Trial } from "../trials.js";
import { type ExactCheck, type Examined, onEachTrial } from "./exact-check.js";
import { compare, type Finding } from "./finding.js";
import { evalPass } from "./passes.js";

/**
 * y = γ·(x − popMean)/√(popVar + ε) + β, each row for itself: a row alone gives what it gives among others. Not to the
 * last bit, which vectorised code may round otherwise in the last rows of a batch.
 */
export const evalForward: ExactCheck = {
  id: "eval-forward",
  healthy:
    "In eval the output is γ·(x − popMean)/√(popVar + ε) + β, for every row whatever stands beside it.",
  faulty: "An eval pass does not normalise by the running pair alone, or misapplies γ, β or ε.",
  examine: onEachTrial((examined, trial) => [
    formula(examined, trial),
    formula(examined, firstRowOf(trial, examined.implementation.features)),
  ]),
};

function firstRowOf(trial: Trial, features: number): Trial {
  const x = Array.prototype.slice.call(trial.x, 0, features);
  return { ...trial, name: `the first row of ${trial.name}`, x, rows: 1 };
}

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
