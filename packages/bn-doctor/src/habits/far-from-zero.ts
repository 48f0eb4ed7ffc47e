import type { GuardedImplementation } from "../guarded-implementation.js";
import { batchMoments } from "../moments.js";
import { spread, uniform } from "../trials.js";
import { ABSENT, type Habit, notJudged, present } from "./habit.js";

/** Where the digits of a precision run out: at this offset σ = 0.1 is as hard in the one as in the other. */
const OFFSET = { float32: 1e3, float64: 1e8 } as const;
const SIGMA = 0.1;
const ROWS = 64;

/** A centred variance is right in four digits even in float32 with a rounded mean; E[x²] − E[x]² has none. */
const VARIANCE_OFF = 0.01;

/**
 * A shift of all of y by this many deviations shows a mean that was rounded to float32, which holds the offset to
 * 3e-4 deviations; a float64 mean gives 1e-6 at most.
 */
const SHIFT = 2e-5;

/** Largest error of eval's y, in units of the largest |x̂|: centred 4e-7 at most, folded 1e-4 and more (float64: 1e-7). */
const EVAL_OFF = { float32: 1e-5, float64: 1e-9 } as const;

export interface FarFromZero {
  readonly variance: Habit;
  readonly mean: Habit;
  readonly eval: Habit;
}

/** How much of y is left at a large offset. `trainKnown` and `evalKnown`: near zero the mode computes the right thing. */
export function farFromZero(
  implementation: GuardedImplementation,
  epsilon: number,
  trainKnown: boolean,
  evalKnown: boolean,
): FarFromZero {
  const { features, precision, abilities } = implementation;
  const offset = OFFSET[precision];
  const random = uniform(21);
  const x = implementation.numbers(
    Float64Array.from({ length: ROWS * features }, () => offset + SIGMA * spread(random)),
  );
  const place = `on ${ROWS} rows at offset ${offset} with σ ${SIGMA}`;
  const plain = { gamma: new Float64Array(features).fill(1), beta: new Float64Array(features) };
  const wrong = notJudged("the forward pass is wrong near zero already");

  const train = (): Pick<FarFromZero, "variance" | "mean"> => {
    if (!trainKnown) return { variance: wrong, mean: wrong };
    const { mean, variance } = batchMoments(x, ROWS, features);
    const y = implementation.undisturbed(() => {
      implementation.write(plain);
      return implementation.forward(x, ROWS, "train");
    });
    const seen = batchMoments(y, ROWS, features);
    // y = (x − m)/√(v + ε): its deviation shows v, its mean shows m.
    let off = 0;
    let shift = 0;
    for (let c = 0; c < features; c++) {
      const right = variance[c] / (variance[c] + epsilon);
      off = worse(off, Math.abs(seen.variance[c] / right - 1));
      shift = worse(shift, Math.abs(seen.mean[c]));
    }
    if (!(off <= VARIANCE_OFF)) {
      const expected = (x[0] - mean[0]) / Math.sqrt(variance[0] + epsilon);
      const evidence = { input: place, what: "y[0, 0]", expected, seen: y[0] };
      return { variance: present(evidence), mean: notJudged("the variance is lost there already") };
    }
    if (precision === "float64")
      return { variance: ABSENT, mean: notJudged("in float64 every mean is rounded") };
    if (shift <= SHIFT) return { variance: ABSENT, mean: ABSENT };
    return { variance: ABSENT, mean: present({ input: place, what: "mean(y)", expected: 0, seen: shift }) };
  };

  const evaluate = (): Habit => {
    if (!abilities.runningPair) return notJudged("read gives no running pair");
    if (!evalKnown) return wrong;
    const popMean = implementation.numbers(new Float64Array(features).fill(offset));
    const popVar = implementation.numbers(new Float64Array(features).fill(SIGMA * SIGMA));
    const y = implementation.undisturbed(() => {
      implementation.write({ ...plain, popMean, popVar });
      return implementation.forward(x, ROWS, "eval");
    });
    let worst = { off: 0, i: 0, expected: 0 };
    let largest = 0;
    for (let i = 0; i < y.length; i++) {
      const expected = (x[i] - popMean[i % features]) / Math.sqrt(popVar[i % features] + epsilon);
      largest = Math.max(largest, Math.abs(expected));
      const off = Math.abs(y[i] - expected);
      if (!(off <= worst.off)) worst = { off, i, expected };
    }
    if (worst.off <= EVAL_OFF[precision] * largest) return ABSENT;
    const { i, expected } = worst;
    const what = `y[${Math.floor(i / features)}, ${i % features}]`;
    return present({ input: `${place}, in eval`, what, expected, seen: y[i] });
  };
  return { ...train(), eval: evaluate() };
}

/** NaN is the worst of all. */
const worse = (a: number, b: number) => (b <= a ? a : b);
