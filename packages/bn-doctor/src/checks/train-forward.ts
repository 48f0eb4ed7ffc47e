import { output } from "../formulas.js";
import { outputTolerance } from "../rounding.js";
import { type ExactCheck, onEachTrial } from "./exact-check.js";
import { compare } from "./finding.js";
import { trainPass } from "./passes.js";

/** y = γ·(x − μ)/√(σ² + ε) + β with μ and the biased σ² of the batch. */
export const trainForward: ExactCheck = {
  id: "train-forward",
  healthy: "In training the output is γ·(x − μ)/√(σ² + ε) + β with the batch's own mean and variance.",
  faulty:
    "A training pass does not normalise by its batch's own mean and biased variance, or misapplies γ, β or ε.",
  examine: onEachTrial((subject, trial) => {
    const { pass, errors } = trainPass(subject, trial);
    return compare({
      what: "y",
      when: `on ${trial.name}`,
      actual: subject.forward(trial.x, trial.rows, "train"),
      expected: output(pass),
      tolerance: outputTolerance(pass, errors, subject.precision),
      features: subject.features,
    });
  }),
};
