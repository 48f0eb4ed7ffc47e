import { trainGradients } from "../formulas.js";
import { trainGradientTolerances } from "../rounding.js";
import { compareGradients } from "./compare-gradients.js";
import { type ExactCheck, onEachTrial } from "./exact-check.js";
import { trainPass } from "./passes.js";

/** After a training pass: dx = γ·r·(dy − mean(dy) − x̂·mean(dy·x̂)), dγ = Σ dy·x̂, dβ = Σ dy. */
export const trainGradient: ExactCheck = {
  id: "train-gradient",
  healthy: "After a training pass dx is γ·r·(dy − mean(dy) − x̂·mean(dy·x̂)), and dγ and dβ are right, too.",
  faulty: "The gradient after a training pass is wrong: dx must be γ·r·(dy − mean(dy) − x̂·mean(dy·x̂)).",
  examine: onEachTrial((examined, trial) => {
    const { implementation } = examined;
    const { pass, errors } = trainPass(examined, trial);
    return compareGradients(
      { implementation, trial, mode: "train" },
      trainGradients(pass, trial.dy),
      trainGradientTolerances(pass, trial.dy, errors, implementation.precision),
    );
  }),
};
