import { bent, type Choice, choose } from "./explaining/choose.js";
import type { Hypothesis } from "./explaining/hypothesis.js";
import { search } from "./explaining/search.js";
import { matchOf, summarise } from "./explaining/tell.js";
import { wouldDecide } from "./explaining/would-decide.js";
import type { Explanation } from "./explanation.js";
import { type BatchNormRecord, parseRecord } from "./record.js";

/**
 * Finds which combination of mode, ε, formulas, variance correction and decay gives recorded numbers, and so which
 * fault of the `catalogue` they show. Formulas are computed in float64, and fit within
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
