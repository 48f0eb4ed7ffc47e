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
  examine: onEachTrial((examined, trial) => {
    const { implementation } = examined;
    const { pass, errors } = trainPass(examined, trial);
    return [
      compare({
        what: "y",
        input: `on ${trial.name}`,
        actual: implementation.forward(trial.x, trial.rows, "train"),
        expected: output(pass),
        tolerance: outputTolerance(pass, errors, implementation.precision),
        features: implementation.features,
      }),
    ];
  }),
};
