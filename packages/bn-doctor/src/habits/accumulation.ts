import type { GuardedImplementation } from "../guarded-implementation.js";
import { fits } from "../naming/fits.js";
import type { Trial } from "../trials.js";
import { ABSENT, type Habit, notJudged, present } from "./habit.js";

/** Two backward passes without clearing between must give twice dγ and dβ. */
export function accumulation(
  implementation: GuardedImplementation,
  { x, rows, dy, name, state }: Trial,
): Habit {
  const { abilities, given, precision } = implementation;
  if (given.zeroGrad === undefined) return notJudged("there is no zeroGrad, so accumulation is not declared");
  if (!abilities.dgamma || !abilities.dbeta) return notJudged("backward gives no dgamma and dbeta");
  return implementation.undisturbed(() => {
    implementation.write(state);
    implementation.forward(x, rows, "eval");
    const once = implementation.backward(dy, rows);
    implementation.forward(x, rows, "eval");
    const twice = implementation.backwardAgain(dy, rows);
    for (const [quantity, label] of [
      ["gammaGradient", "dγ"],
      ["betaGradient", "dβ"],
    ] as const) {
      if (!fits(twice[quantity], once[quantity], precision)) continue;
      return present({
        input: `after two backward passes over ${name}`,
        what: `${label}[0]`,
        expected: 2 * once[quantity][0],
        seen: twice[quantity][0],
      });
    }
    return ABSENT;
  });
}
