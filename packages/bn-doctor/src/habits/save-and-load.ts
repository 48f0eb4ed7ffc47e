import type { Check } from "../check.js";
import { format } from "../format.js";
import { attempt, type GuardedImplementation } from "../guarded-implementation.js";
import type { Trial } from "../trials.js";
import { ABSENT, type Habit, notJudged, present } from "./habit.js";

/** What loading brought back. */
export interface SaveAndLoad {
  readonly pair: Habit;
  /** Loading loses something else. */
  readonly check?: Check;
}

/** Saved in one state and loaded in another, eval must give the same bits as before. */
export function saveAndLoad(implementation: GuardedImplementation, trial: Trial): SaveAndLoad {
  const { given, abilities, features } = implementation;
  const { save, load } = given;
  if (save === undefined || load === undefined) return { pair: notJudged("save and load are not given") };
  if (!abilities.runningPair) return { pair: notJudged("read gives no running pair") };
  return implementation.undisturbed(() => {
    implementation.write(trial.state);
    const before = implementation.read();
    const saved = attempt("save()", () => copyOf(save.call(given)));
    const y = implementation.forward(trial.x, trial.rows, "eval");
    const fresh = (value: number) => new Float64Array(features).fill(value);
    implementation.write({
      gamma: fresh(1),
      beta: fresh(0),
      popMean: fresh(0),
      popVar: fresh(1),
      batches: 0,
    });
    attempt("load(saved)", () => load.call(given, saved));
    const after = implementation.read();
    const input = "after save, a fresh start and load";
    for (const name of ["popMean", "popVar"] as const) {
      for (let c = 0; c < features; c++) {
        const [expected, seen] = [before[name][c], after[name][c]];
        if (!Object.is(seen, expected))
          return { pair: present({ input, what: `${name}[${c}]`, expected, seen }) };
      }
    }
    const again = implementation.forward(trial.x, trial.rows, "eval");
    const i = again.findIndex((value, i) => !Object.is(value, y[i]));
    if (i < 0) return { pair: ABSENT };
    const meaning = `${input}, eval gives ${format(again[i])} where it gave ${format(y[i])} before: something besides the running pair is lost.`;
    return { pair: ABSENT, check: { id: "save-and-load", passed: false, value: null, bound: null, meaning } };
  });
}

/** A checkpoint is a copy; one that is not, such as a live view, is made one where that is possible. */
function copyOf(saved: unknown): unknown {
  try {
    return structuredClone(saved);
  } catch {
    return saved;
  }
}
