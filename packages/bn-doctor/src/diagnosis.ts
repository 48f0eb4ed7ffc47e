import type { FaultId, Grade } from "./catalogue.js";
import type { Check } from "./check.js";
import type { Declaration } from "./implementation.js";

/** What was measured, in words and numbers. */
export interface FaultEvidence {
  /** Which input showed it: "on a chosen batch of 5 rows". */
  readonly input: string;
  /** Which number: "dx[2, 1]". */
  readonly what: string;
  /** What a correct implementation gives there. Where it is no number, the sentence says it. */
  readonly expected: number | string;
  readonly seen: number | string;
}

/** One fault of the catalogue, and whether the implementation has it. */
export interface FaultFinding {
  readonly id: FaultId;
  readonly grade: Grade;
  readonly status: "present" | "absent" | "not judged";
  /** One sentence: what is wrong where the fault is present, or why it could not be judged. */
  readonly meaning: string;
  /** Present faults only. */
  readonly evidence?: FaultEvidence | undefined;
  /** One sentence with the formula. Present faults only. */
  readonly repair?: string | undefined;
}

/** The convention that an implementation follows, as its numbers show it; null where they do not. */
export interface Convention {
  readonly epsilon: number | null;
  /** Weight of the old running value at an update. */
  readonly decay: Declaration["decay"] | "varying" | null;
  readonly runningVariance: Declaration["runningVariance"] | null;
  /** One sentence: the update as a formula, and whose convention it is. */
  readonly meaning: string;
  /** Libraries whose defaults are these three. */
  readonly sameAs: readonly string[];
}

export interface Diagnosis {
  /** No check failed, and no fault is present that counts: `fragile` ones count when strict. */
  readonly healthy: boolean;
  /** Every fault of the catalogue, in its order. */
  readonly faults: readonly FaultFinding[];
  /** Failed checks that no fault of the catalogue explains: wrong, in a way that has no name here. */
  readonly unexplained: readonly Check[];
  /** Output, gradients and running pair against the formulas, within what rounding explains. */
  readonly checks: readonly Check[];
  readonly convention: Convention;
}
