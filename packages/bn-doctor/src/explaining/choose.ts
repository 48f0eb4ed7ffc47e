import type { ParsedRecord } from "../record.js";
import { type Hypothesis, within } from "./hypothesis.js";
import { asGoodAs } from "./misfit.js";

/** Hypotheses of one mode and the same faults: they differ in what the record cannot see. */
export interface Choice {
  /** The likeliest of them. */
  readonly hypothesis: Hypothesis;
  /** null where more than one ε would do. */
  readonly epsilon: number | null;
  /** Smallest and largest ε that would do. */
  readonly epsilons: readonly [number, number];
  /** Fits as well with one fault more, which the record cannot see. */
  readonly notRuledOut: readonly Hypothesis[];
}

/** An ε that nobody would write, found to fit: it may have bent a wrong formula into another that is as wrong. */
export const bent = ({ rank }: Hypothesis) => rank === 4;

const worstUse = ({ parts, update }: Hypothesis) =>
  Math.max(0, ...[...parts, ...(update?.parts ?? [])].map(({ misfit }) => misfit.used));

/** The explanations worth telling, simplest first: none that is another and a fault more. */
export function choose(record: ParsedRecord, fitting: readonly Hypothesis[]): Choice[] {
  const groups = new Map<string, Hypothesis[]>();
  for (const hypothesis of fitting) {
    const key = [hypothesis.mode, ...[...hypothesis.faults].sort()].join();
    groups.set(key, [...(groups.get(key) ?? []), hypothesis]);
  }
  const choices = [...groups.values()].map((group) => ({ ...likeliest(record, group), group }));
  const more = (whole: Hypothesis, part: Hypothesis) =>
    whole.mode === part.mode &&
    whole.faults.length > part.faults.length &&
    within(part.faults, whole.faults) &&
    (!bent(part) || bent(whole));
  const simplest = Math.min(...choices.map(({ hypothesis }) => hypothesis.faults.length));
  return choices
    .filter(({ hypothesis }) => !choices.some((other) => more(hypothesis, other.hypothesis)))
    .filter(({ hypothesis }) => hypothesis.faults.length <= simplest + 1)
    .map(({ group, ...choice }) => ({
      ...choice,
      notRuledOut: choices
        .map((other) => other.hypothesis)
        .filter((other) => more(other, choice.hypothesis))
        .filter(
          ({ faults, rank }) =>
            faults.length === choice.hypothesis.faults.length + 1 && rank <= choice.hypothesis.rank,
        ),
    }))
    .sort((a, b) => a.hypothesis.faults.length - b.hypothesis.faults.length);
}

/** Of ε that fit about as well as the best, the one that people write most; null where those disagree. */
function likeliest(
  record: ParsedRecord,
  group: readonly Hypothesis[],
): Pick<Choice, "hypothesis" | "epsilon" | "epsilons"> {
  const uses = group.map(worstUse);
  const near = asGoodAs(Math.min(...uses));
  const good = group.filter((_, i) => uses[i] <= near);
  const rank = Math.min(...good.map((hypothesis) => hypothesis.rank));
  const likely = good.filter((hypothesis) => hypothesis.rank === rank);
  const [hypothesis] = likely;
  const each = likely.map(({ epsilon }) => epsilon);
  const epsilons = [Math.min(...each), Math.max(...each)] as const;
  const one = epsilons[1] - epsilons[0] <= 1e-3 * epsilons[1];
  return { hypothesis, epsilon: one || record.epsilon !== undefined ? hypothesis.epsilon : null, epsilons };
}
