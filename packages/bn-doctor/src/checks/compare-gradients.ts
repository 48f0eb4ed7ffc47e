import type { Gradients } from "../formulas.js";
import type { GuardedImplementation } from "../guarded-implementation.js";
import type { Mode } from "../implementation.js";
import type { Trial } from "../trials.js";
import { compare, type Finding } from "./finding.js";

/** Runs one pass forward and backward, and compares dx, dγ and dβ, as far as the implementation gives them. */
export function compareGradients(
  { implementation, trial, mode }: { implementation: GuardedImplementation; trial: Trial; mode: Mode },
  expected: Gradients,
  tolerances: Gradients,
): Finding[] {
  const { x, rows, dy } = trial;
  implementation.forward(x, rows, mode);
  const seen = implementation.backward(dy, rows);
  const { features, abilities } = implementation;
  const quantities = [
    { what: "dx", name: "dx", able: true },
    { what: "dγ", name: "gammaGradient", able: abilities.dgamma },
    { what: "dβ", name: "betaGradient", able: abilities.dbeta },
  ] as const;
  return quantities
    .filter(({ able }) => able)
    .map(({ what, name }) =>
      compare({
        what,
        input: `on ${trial.name}`,
        actual: seen[name],
        expected: expected[name],
        tolerance: tolerances[name],
        features,
      }),
    );
}
