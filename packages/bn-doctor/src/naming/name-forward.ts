import type { FaultId } from "../catalogue.js";
import type { GuardedImplementation } from "../guarded-implementation.js";
import type { Mode } from "../implementation.js";
import { type ForwardModel, forwardFaults, forwardModels, forwardOf } from "../models/forward-model.js";
import type { PassInput } from "../models/normalisation.js";
import type { Trial } from "../trials.js";
import { type Denominators, epsilonOf } from "./find-epsilon.js";
import { fits, simplest } from "./fits.js";

/** A forward pass that reproduces everything seen, with what is wrong about it. */
export interface NamedForward {
  readonly model: ForwardModel;
  readonly epsilon: number;
  readonly faults: readonly FaultId[];
}

/** A trial as it was run: what went in, and what came out. */
export interface SeenForward {
  readonly input: Omit<PassInput, "epsilon">;
  readonly y: Float64Array;
}

/**
 * Finds the forward pass with the fewest faults that gives what the implementation gives; undefined: none does.
 * `epsilons.known` stands in where a pass does not show its ε.
 */
export function nameForward(
  implementation: GuardedImplementation,
  mode: Mode,
  trials: readonly Trial[],
  denominators: Denominators,
  epsilons: { readonly declared: number | undefined; readonly known: number },
): NamedForward | undefined {
  const { precision } = implementation;
  const seen = trials.map((trial) => seeForward(implementation, mode, trial, (seen) => seen));
  const matches = forwardModels(mode).flatMap((model) => {
    const faults = forwardFaults(model, mode);
    const own = epsilonOf(model.normalisation, denominators, precision);
    const candidates = [epsilons.declared, own ?? epsilons.known].filter((epsilon) => epsilon !== undefined);
    return candidates
      .filter((epsilon) =>
        seen.every(({ input, y }) => fits(y, forwardOf(model, { ...input, epsilon }), precision)),
      )
      .map((epsilon): NamedForward => {
        const missing = epsilon === 0 && epsilons.declared !== 0;
        return { model, epsilon, faults: missing ? [...faults, "epsilon-missing-in-forward"] : faults };
      });
  });
  return simplest(matches);
}

/** One trial in its state; `look` sees the implementation after the pass, which is then undone. */
export function seeForward<Result>(
  implementation: GuardedImplementation,
  mode: Mode,
  trial: Trial,
  look: (seen: SeenForward) => Result,
): Result {
  const { features } = implementation;
  return implementation.undisturbed(() => {
    implementation.write(trial.state);
    const { gamma, beta, popMean, popVar } = implementation.read();
    const { x, rows } = trial;
    const input = { x, rows, features, gamma, beta, popMean, popVar };
    return look({ input, y: implementation.forward(x, rows, mode) });
  });
}
