import { evalGradients } from "../formulas.js";
import { evalGradientTolerances } from "../rounding.js";
import { compareGradients } from "./compare-gradients.js";
import { type ExactCheck, onEachTrial } from "./exact-check.js";
import { evalPass } from "./passes.js";

/** After an eval pass: dx = γ·r·dy, row by row, because the running pair is constant. */
export const evalGradient: ExactCheck = {
  id: "eval-gradient",
  healthy: "After an eval pass dx is dy·γ/√(popVar + ε), each row from its own row of dy.",
  faulty: "Mean and variance are constants in eval, so after an eval pass dx must be dy·γ/√(popVar + ε).",
  examine: onEachTrial((examined, trial) => {
    const { implementation } = examined;
    const { pass } = evalPass(examined, trial);
    return implementation.undisturbed(() =>
      compareGradients(
        { implementation, trial, mode: "eval" },
        evalGradients(pass, trial.dy),
        evalGradientTolerances(pass, trial.dy, implementation.precision),
      ),
    );
  }),
};
