import type { GuardedImplementation } from "../guarded-implementation.js";
import { ImplementationError } from "../guarded-implementation.js";
import { ABSENT, type Habit, notJudged, present } from "./habit.js";

/** Every array among the parameters is moved, as a step of an optimiser would; γ and β must move with them. */
export function trainedParameters(implementation: GuardedImplementation): Habit {
  const { given, abilities, features } = implementation;
  if (given.parameters === undefined) return notJudged("parameters are not given");
  if (!abilities.gamma && !abilities.beta) return notJudged("read gives no gamma and beta");
  return implementation.undisturbed(() => {
    // A diverged γ may be so large that adding 1 leaves it as it is.
    implementation.write({ gamma: new Float64Array(features).fill(1), beta: new Float64Array(features) });
    const before = implementation.read();
    const parameters = given.parameters?.();
    if (!Array.isArray(parameters)) {
      throw new ImplementationError(`parameters() must give an array of arrays, got ${String(parameters)}`);
    }
    const kept = parameters.map((values) => Array.from<number>(values));
    for (const values of parameters) {
      for (let i = 0; i < values.length; i++) values[i] += 1;
    }
    const after = implementation.read();
    kept.forEach((numbers, p) => {
      for (let i = 0; i < numbers.length; i++) parameters[p][i] = numbers[i];
    });
    for (const name of ["gamma", "beta"] as const) {
      if (!abilities[name]) continue;
      for (let c = 0; c < features; c++) {
        if (after[name][c] !== before[name][c]) continue;
        const evidence = { input: "after a step on every parameter", what: `${name}[${c}]` };
        return present({ ...evidence, expected: before[name][c] + 1, seen: after[name][c] });
      }
    }
    return ABSENT;
  });
}
