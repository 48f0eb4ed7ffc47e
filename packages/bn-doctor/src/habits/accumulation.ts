import type { Check } from "../check.js";
import { format } from "../format.js";
import type { GuardedImplementation } from "../guarded-implementation.js";
import { fits } from "../naming/fits.js";
import type { Trial } from "../trials.js";
import { ABSENT, type Habit, notJudged, present } from "./habit.js";

/** What a second backward pass gave. */
export interface Accumulation {
  readonly overwritten: Habit;
  /** It gave something else than the first pass's gradients or their sum. */
  readonly check?: Check;
}

/** Two backward passes without clearing between must give twice dγ and dβ, and the same dx. */
export function accumulation(
  implementation: GuardedImplementation,
  { x, rows, dy, name, state }: Trial,
): Accumulation {
  const { abilities, given, precision } = implementation;
  if (given.zeroGrad === undefined) {
    return { overwritten: notJudged("there is no zeroGrad, so accumulation is not declared") };
  }
  if (!abilities.dgamma || !abilities.dbeta) {
    return { overwritten: notJudged("backward gives no dgamma and dbeta") };
  }
  return implementation.undisturbed(() => {
    implementation.write(state);
    implementation.forward(x, rows, "eval");
    const once = implementation.backward(dy, rows);
    // Whether eval passes move the pair is another check's question.
    implementation.write(state);
    implementation.forward(x, rows, "eval");
    const twice = implementation.backwardAgain(dy, rows);
    for (const [quantity, label] of [
      ["gammaGradient", "dγ"],
      ["betaGradient", "dβ"],
    ] as const) {
      if (!fits(twice[quantity], once[quantity], precision)) continue;
      const expected = 2 * once[quantity][0];
      return {
        overwritten: present({
          input: `after two backward passes over ${name}`,
          what: `${label}[0]`,
          expected,
          seen: twice[quantity][0],
        }),
      };
    }
    const doubled = (values: Float64Array) => values.map((value) => 2 * value);
    for (const [label, seen, expected] of [
      ["dx", twice.dx, once.dx],
      ["dγ", twice.gammaGradient, doubled(once.gammaGradient)],
      ["dβ", twice.betaGradient, doubled(once.betaGradient)],
    ] as const) {
      if (fits(seen, expected, precision)) continue;
      const right = label === "dx" ? "what one pass gives" : "twice what one pass gives";
      const meaning = `After two backward passes over ${name}, ${label} is not ${right}: ${label}[0] is ${format(seen[0])} where ${format(expected[0])} is right.`;
      const check = { id: "accumulation", passed: false, value: null, bound: null, meaning } as const;
      return { overwritten: ABSENT, check };
    }
    return { overwritten: ABSENT };
  });
}
