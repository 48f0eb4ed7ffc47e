import { evalGradients } from "../formulas.js";
import type { GuardedSubject } from "../guarded-subject.js";
import { evalGradientTolerances } from "../rounding.js";
import type { Trial } from "../trials.js";
import { compareGradients } from "./compare-gradients.js";
import { type ExactCheck, onEachTrial } from "./exact-check.js";
import { type Finding, placeOf, unlessWrong } from "./finding.js";
import { evalPass } from "./passes.js";

/** After an eval pass: dx = γ·r·dy, row by row, because the running pair is constant. */
export const evalGradient: ExactCheck = {
  id: "eval-gradient",
  healthy: "After an eval pass dx is dy·γ/√(popVar + ε), each row from its own row of dy.",
  faulty: "Mean and variance are constants in eval, so after an eval pass dx must be dy·γ/√(popVar + ε).",
  examine: onEachTrial((subject, trial) =>
    unlessWrong(formulas(subject, trial), () => rowIndependence(subject, trial)),
  ),
};

function formulas(subject: GuardedSubject, trial: Trial): Finding {
  const { pass } = evalPass(subject, trial);
  return subject.undisturbed(() =>
    compareGradients(
      subject,
      trial,
      "eval",
      evalGradients(pass, trial.dy),
      evalGradientTolerances(pass, trial.dy, subject.precision),
    ),
  );
}

/** Another first row of dy leaves the other rows of dx as they were, to the last bit. */
function rowIndependence(subject: GuardedSubject, { name, x, rows, dy }: Trial): Finding {
  const { features } = subject;
  const otherDy = new Float64Array(dy).map((value, i) => (i < features ? -2 * value : value));
  const gradient = (dy: ArrayLike<number>) =>
    subject.undisturbed(() => {
      subject.forward(x, rows, "eval");
      return subject.backward(dy, rows);
    });
  const dx = gradient(dy);
  const otherDx = gradient(otherDy);
  for (let i = features; i < dx.length; i++) {
    if (Object.is(dx[i], otherDx[i])) continue;
    return {
      used: Number.POSITIVE_INFINITY,
      seen: `on ${name}, ${placeOf("dx", i, features)} depends on row 0 of dy`,
    };
  }
  return { used: 0, seen: "" };
}
