import type { Gradients } from "../formulas.js";
import type { GuardedSubject } from "../guarded-subject.js";
import type { Mode } from "../subject.js";
import type { Trial } from "../trials.js";
import { compare, type Finding, worstOf } from "./finding.js";

/** Runs one pass forward and backward, and gives the worst of dx, dγ and dβ. The gradients must stand at zero. */
export function compareGradients(
  subject: GuardedSubject,
  { name, x, rows, dy }: Trial,
  mode: Mode,
  expected: Gradients,
  tolerances: Gradients,
): Finding {
  subject.forward(x, rows, mode);
  const dx = subject.backward(dy, rows);
  const { gammaGradient, betaGradient } = subject.read();
  const { features } = subject;
  const when = `on ${name}`;
  return worstOf([
    compare({ what: "dx", when, actual: dx, expected: expected.dx, tolerance: tolerances.dx, features }),
    compare({
      what: "dγ",
      when,
      actual: gammaGradient,
      expected: expected.gammaGradient,
      tolerance: tolerances.gammaGradient,
      features,
    }),
    compare({
      what: "dβ",
      when,
      actual: betaGradient,
      expected: expected.betaGradient,
      tolerance: tolerances.betaGradient,
      features,
    }),
  ]);
}
