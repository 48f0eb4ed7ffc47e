import type { GuardedImplementation } from "../guarded-implementation.js";
import type { Mode, Precision } from "../implementation.js";
import type { Normalisation } from "../models/normalisation.js";

/** A batch of two rows ±2⁻⁵⁵: their variance is far below every ε, and no square underflows in float32. */
const TINY = 2 ** -55;

/**
 * What x − mean is divided by, where the variance is next to nothing: √ε, where ε stands under the root.
 * One number for each place that the statistics may come from; undefined where it shows nothing.
 */
export interface Denominators {
  readonly batch: number | undefined;
  readonly "running pair": number | undefined;
}

/** Looks at a mode's smallest denominators. */
export function smallestDenominators(implementation: GuardedImplementation, mode: Mode): Denominators {
  const { features } = implementation;
  const seen = (size: number) => {
    const x = Float64Array.from({ length: 2 * features }, (_, i) => (i < features ? size : -size));
    return implementation.undisturbed(() => {
      implementation.write({
        gamma: new Float64Array(features).fill(1),
        beta: new Float64Array(features),
        popMean: new Float64Array(features),
        popVar: new Float64Array(features),
      });
      const y = implementation.forward(x, 2, mode);
      const denominator = size / y[0];
      return denominator > 0 && denominator < Number.POSITIVE_INFINITY ? denominator : undefined;
    });
  };
  return {
    batch: seen(TINY),
    "running pair": implementation.abilities.runningPair ? (seen(1) ?? 0) : undefined,
  };
}

/** ε as a model would have it, given the denominator that was seen where its variance was next to nothing. */
export function epsilonOf(
  { statistics, divisor, denominator }: Normalisation,
  seen: Denominators,
  precision: Precision,
): number | undefined {
  const size = statistics === "row" ? undefined : seen[statistics];
  if (size === undefined) return undefined;
  const variance = statistics === "batch" ? TINY * TINY * (divisor === "N" ? 1 : 2) : 0;
  const epsilon =
    denominator === "√(v + ε)"
      ? size * size - variance
      : denominator === "√v + ε"
        ? size - Math.sqrt(variance)
        : size - variance;
  // Below this share of the denominator it is rounding.
  return epsilon > 1e-3 * variance ? rounded(epsilon, precision) : 0;
}

/** People write ε with one to three digits; what lies that near such a number is meant to be it. */
export function rounded(value: number, precision: Precision): number {
  const near = precision === "float32" ? 1e-6 : 1e-10;
  for (const digits of [1, 2, 3]) {
    const round = Number(value.toPrecision(digits));
    if (Math.abs(round - value) <= near * Math.abs(value)) return round;
  }
  return value;
}
