import { compareNumbers } from "@handgrad/gradcheck";
import type { FaultEvidence } from "../diagnosis.js";
import { formatApart } from "../format.js";

/** What one look at one layer found. */
export interface Finding {
  /** The worst error as a multiple of what rounding explains: up to 1 passes. Infinity where size is no excuse. */
  readonly used: number;
  /** What was seen, should it be wrong: "on a chosen batch of 5 rows, y[2, 1] is 0.51 where 0.77 is right". */
  readonly seen: string;
  /** The number that `seen` speaks of. */
  readonly evidence?: FaultEvidence | undefined;
  /** Why passing would prove nothing, where that is so: a layer that does nothing would pass as well. */
  readonly blind?: string | undefined;
}

/** Two runs of numbers to compare, row-major [rows, features] or [features]. */
export interface Comparison {
  /** Their name in the formulas: "dx". */
  readonly what: string;
  /** For people: "on a chosen batch of 5 rows". */
  readonly input: string;
  readonly actual: ArrayLike<number>;
  readonly expected: ArrayLike<number>;
  /** How far each number may be from the expected one, above 0. */
  readonly tolerance: Float64Array;
  readonly features: number;
}

/** Finds the largest |actual − expected| / tolerance. */
export function compare({ what, input, actual, expected, tolerance, features }: Comparison): Finding {
  const errors = tolerance.map((tolerance, i) => (actual[i] - expected[i]) / tolerance);
  const { used, worst } = compareNumbers(errors, new Float64Array(errors.length), { atol: 1, rtol: 0 });
  const i = worst?.index ?? 0;
  const place = actual.length > features ? placeOf(what, i, features) : `${what}[${i}]`;
  const [is, right] = formatApart(actual[i], expected[i]);
  return {
    used,
    seen: `${input}, ${place} is ${is} where ${right} is right`,
    evidence: { input, what: place, expected: expected[i], seen: actual[i] },
  };
}

/** "dx[2, 1]" for an index into row-major [rows, features]. */
function placeOf(what: string, index: number, features: number): string {
  return `${what}[${Math.floor(index / features)}, ${index % features}]`;
}

/** The worst of several findings. */
export function worstOf(findings: readonly Finding[]): Finding {
  return findings.reduce((worst, finding) => (finding.used > worst.used ? finding : worst));
}

/** The first look, or the second where the first finds nothing wrong. */
export function unlessWrong(first: Finding, second: () => Finding): Finding {
  return first.used <= 1 ? worstOf([first, second()]) : first;
}
