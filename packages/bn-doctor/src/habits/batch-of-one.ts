import { type GuardedImplementation, ImplementationError } from "../guarded-implementation.js";
import { ABSENT, type Habit, present } from "./habit.js";

/** A training pass over one row must be refused with an error. */
export function batchOfOne(implementation: GuardedImplementation): Habit {
  const x = new Float64Array(implementation.features).fill(2);
  return implementation.undisturbed(() => {
    try {
      const y = implementation.forward(x, 1, "train");
      return present({
        input: "in a training pass over 1 row",
        what: "y[0, 0]",
        expected: "an error",
        seen: y[0],
      });
    } catch (error) {
      if (error instanceof ImplementationError) return ABSENT;
      throw error;
    }
  });
}
