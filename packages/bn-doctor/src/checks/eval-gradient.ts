import { evalGradients } from "../formulas.js";
import { evalGradientTolerances } from "../rounding.js";
import type { Trial } from "../trials.js";
import { compareGradients } from "./compare-gradients.js";
import { type ExactCheck, type Examined, onEachTrial } from "./exact-check.js";
import { type Finding, placeOf } from "./finding.js";
import { evalPass } from "./passes.js";

/** After an eval pass: dx = γ·r·dy, row by row, because the running pair is constant. */
export const evalGradient: ExactCheck = {
  id: "eval-gradient",
  healthy: "After an eval pass dx is dy·γ/√(popVar + ε), each row from its own row of dy.",
  faulty: "Mean and variance are constants in eval, so after an eval pass dx must be dy·γ/√(popVar + ε).",
  examine: onEachTrial((examined, trial) => {
    const findings = formulas(examined, trial);
    return findings.some(({ used }) => used > 1) ? findings : [...findings, rowIndependence(examined, trial)];
  }),
};

function formulas(examined: Examined, trial: Trial): Finding[] {
  const { implementation } = examined;
  const { pass } = evalPass(examined, trial);
  return implementation.undisturbed(() =>
    compareGradients(
      { implementation, trial, mode: "eval" },
      evalGradients(pass, trial.dy),
      evalGradientTolerances(pass, trial.dy, implementation.precision),
    ),
  );
}

/** Another first row of dy leaves the other rows of dx as they were, to the last bit. */
function rowIndependence({ implementation }: Examined, { name, x, rows, dy }: Trial): Finding {
  const { features } = implementation;
  const otherDy = new Float64Array(dy).map((value, i) => (i < features ? -2 * value : value));
  const gradient = (dy: ArrayLike<number>) =>
    implementation.undisturbed(() => {
      implementation.forward(x, rows, "eval");
      return implementation.backward(dy, rows).dx;
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
