import type { FaultId } from "./catalogue.js";
import type { Declaration, Mode } from "./implementation.js";
import type { Quantity } from "./record.js";

/** One combination of mode, ε and formulas that gives what was recorded. */
export interface Match {
  readonly mode: Mode;
  /** null where the numbers do not show it. */
  readonly epsilon: number | null;
  /** Which variance entered the running pair; null where that does not show. */
  readonly runningVariance: Declaration["runningVariance"] | null;
  /** Weight of the old running value; null where that does not show. */
  readonly decay: number | null;
  /** What is wrong; nothing with a correct batch norm. */
  readonly faults: readonly FaultId[];
  /** One for each recorded quantity. */
  readonly formulas: readonly {
    readonly quantity: Quantity;
    readonly formula: string;
    /** The largest difference between the formula, in float64, and what was recorded. */
    readonly worstDifference: number;
  }[];
  /** One sentence for each fault. */
  readonly repairs: readonly string[];
  /** Faults that these numbers would not show: with them they would be the same. */
  readonly notRuledOut: readonly FaultId[];
  /** What the record leaves open, in sentences. */
  readonly remarks: readonly string[];
}

export interface Explanation {
  /**
   * true where the simplest match has no fault, false where every match has one, or where the record would show a
   * correct batch norm and shows none; null where that cannot be decided.
   */
  readonly healthy: boolean | null;
  /** Everything that fits, simplest first. */
  readonly matches: readonly Match[];
  /** Where nothing fits: what is least off. */
  readonly nearest: Match | null;
  /** The further number that tells the matches apart; null where there is one match, or none is known. */
  readonly wouldDecide: string | null;
  /** The same in sentences. */
  readonly summary: readonly string[];
}
