import { type GuardedImplementation, ImplementationError } from "../guarded-implementation.js";
import type { Trial } from "../trials.js";
import { ABSENT, type Habit, notJudged, present } from "./habit.js";

/** A NaN in one batch must not enter the running pair. An implementation that refuses the batch is right, too. */
export function nanBatch(implementation: GuardedImplementation, { x, rows, name, state }: Trial): Habit {
  if (!implementation.abilities.runningPair) return notJudged("read gives no running pair");
  const poisoned = Float64Array.from(x);
  poisoned[0] = Number.NaN;
  return implementation.undisturbed(() => {
    implementation.write(state);
    try {
      implementation.forward(poisoned, rows, "train");
    } catch (error) {
      if (error instanceof ImplementationError) return ABSENT;
      throw error;
    }
    const { popMean, popVar } = implementation.read();
    const after = { popMean: popMean[0], popVar: popVar[0] };
    for (const [what, seen] of Object.entries(after)) {
      if (Number.isFinite(seen)) continue;
      const input = `after ${name} with one NaN`;
      return present({ input, what: `${what}[0]`, expected: "as it was", seen });
    }
    return ABSENT;
  });
}
