import type { FaultId } from "./catalogue.js";
import { bent, type Choice, choose } from "./explaining/choose.js";
import type { Hypothesis } from "./explaining/hypothesis.js";
import { search } from "./explaining/search.js";
import { matchOf, summarise } from "./explaining/tell.js";
import { wouldDecide } from "./explaining/would-decide.js";
import type { Declaration, Mode } from "./implementation.js";
import { type BatchNormRecord, parseRecord, type Quantity } from "./record.js";

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

/**
 * Finds which combination of mode, ε, formulas, variance correction and decay gives recorded numbers, and so which
 * fault of the {@link import("./catalogue.js").catalogue} they show. Formulas are computed in float64, and fit within
 * a thousand roundings of the record's precision, of the largest term: of γ·r·dy for dx, because with one row or two
 * dx in training is a tiny rest of terms that cancel.
 *
 * What differs only in something that a record cannot see (γ left out of dx, where γ is 1) is one match with a remark.
 * @throws Error that names the field, what it must be, and what it is.
 */
export function explain(record: BatchNormRecord): Explanation {
  const parsed = parseRecord(record);
  const { fitting, nearest } = search(parsed);
  const choices = choose(parsed, fitting);
  const further =
    choices.length > 1
      ? wouldDecide(
          parsed,
          choices.map(({ hypothesis }) => hypothesis),
        )
      : choices.length === 0 && parsed.pair === undefined && parsed.mode === undefined
        ? "pop_mean and pop_var"
        : null;
  const explanation = {
    healthy: choices.length === 0 ? (further === null ? false : null) : healthOf(choices),
    matches: choices.map((choice) => matchOf(parsed, choice)),
    nearest: nearest === undefined ? null : matchOf(parsed, asChoice(nearest)),
    wouldDecide: further,
  };
  return { ...explanation, summary: summarise(parsed, choices, explanation, nearest) };
}

function healthOf(choices: readonly Choice[]): boolean | null {
  const [{ hypothesis: simplest }] = choices;
  if (simplest.faults.length > 0) return false;
  const rival = choices.some(
    ({ hypothesis }) => hypothesis.mode === simplest.mode && hypothesis !== simplest,
  );
  return bent(simplest) && rival ? null : true;
}

function asChoice(hypothesis: Hypothesis): Choice {
  const { epsilon } = hypothesis;
  return { hypothesis, epsilon, epsilons: [epsilon, epsilon], notRuledOut: [] };
}
