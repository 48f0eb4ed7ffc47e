import { entries } from "../catalogue.js";
import { describeConvention } from "../convention.js";
import type { Explanation, Match } from "../explanation.js";
import { format } from "../format.js";
import type { ParsedRecord, Quantity } from "../record.js";
import type { Choice } from "./choose.js";
import type { Hypothesis, Part } from "./hypothesis.js";
import { wouldDecide } from "./would-decide.js";

const MODES = { train: "training", eval: "eval" } as const;

/** A choice as the caller gets it, in the record's own names. */
export function matchOf(record: ParsedRecord, { hypothesis, epsilon, epsilons, notRuledOut }: Choice): Match {
  const { mode, faults, update } = hypothesis;
  const base = faults;
  const hidden = notRuledOut.flatMap(({ faults }) => faults.filter((id) => !base.includes(id)));
  const remarks: string[] = [];
  if (epsilon === null) {
    const [least, most] = epsilons.map(small);
    remarks.push(`ε does not show in these numbers: ${least} and ${most} fit alike.`);
  }
  if (hidden.length > 0) {
    const further = wouldDecide(record, [hypothesis, ...notRuledOut]);
    const how = further === null ? "" : `; ${further} would show it`;
    remarks.push(`These numbers would be the same with ${list([...new Set(hidden)])}${how}.`);
  }
  return {
    mode,
    epsilon,
    decay: update?.decay ?? null,
    runningVariance: update?.runningVariance ?? null,
    faults,
    formulas: partsOf(hypothesis).map(({ quantity, formula, misfit }) => ({
      quantity,
      formula: inRecordNames(formula),
      worstDifference: misfit.worst,
    })),
    repairs: faults.map((id) => inRecordNames(entries[id].repair)),
    notRuledOut: [...new Set(hidden)],
    remarks: remarks.map(inRecordNames),
  };
}

const partsOf = ({ parts, update }: Hypothesis): Part[] => [...parts, ...(update?.parts ?? [])];

/** The sentences that a person reads. */
export function summarise(
  record: ParsedRecord,
  choices: readonly Choice[],
  { matches, nearest, wouldDecide: further, healthy }: Omit<Explanation, "summary">,
  nearestHypothesis: Hypothesis | undefined,
): string[] {
  const [match] = matches;
  const [choice] = choices;
  if (match === undefined) return unexplained(record, nearest, nearestHypothesis, further);
  if (matches.length === 1) return [headline(match), ...details(match, choice)].map(inRecordNames);
  const lines = [`${matches.length} explanations fit these numbers.`];
  matches.forEach((match, i) => {
    const [first, ...others] = [headline(match), ...details(match, choices[i])];
    lines.push(`${i + 1}. ${first}`, ...others.map((line) => `   ${line}`));
  });
  if (further !== null) lines.push(`To decide between them, record ${further}.`);
  if (healthy === true) lines.push("The first is the simplest: nothing has to be wrong.");
  return lines.map(inRecordNames);
}

function headline({ mode, epsilon, faults }: Match): string {
  const at = epsilon === null ? "" : `, with ε = ${small(epsilon)}`;
  const pass = `${mode === "train" ? "a training pass" : "an eval pass"}${at}`;
  if (faults.length === 0) return `Taken as ${pass}, nothing is wrong with these numbers.`;
  const meanings = faults.map((id) => `${id}. ${entries[id].summary}`);
  return `Taken as ${pass}, these numbers show ${meanings.join(" And ")}`;
}

function details(match: Match, { hypothesis }: Choice): string[] {
  const lines = partsOf(hypothesis).map((part) => sentence(part, hypothesis));
  const { epsilon, decay, runningVariance } = match;
  if (decay !== null || runningVariance !== null) {
    const { meaning } = describeConvention({ epsilon, decay, runningVariance });
    // ε is told above.
    lines.push(`Convention: ${meaning.slice(meaning.indexOf("; ") + 2)}`);
  }
  return [...lines, ...match.repairs.map((repair) => `Repair: ${repair}`), ...match.remarks];
}

/** "dx = … (worst difference 3e-16); in eval it is dy·γ/√(popVar + ε)." */
function sentence(part: Part, { mode }: Hypothesis): string {
  const { quantity, formula, right, misfit } = part;
  const worst = `(worst difference ${Number(misfit.worst.toPrecision(2))})`;
  if (formula === right) return `${formula} ${worst}.`;
  const correct = `in ${MODES[mode]} it is ${right.slice(right.indexOf(" = ") + 3)}.`;
  const name = trainingFormulaIn(part);
  if (name === undefined) return `${formula} ${worst}; ${correct}`;
  return `${quantity} is the training formula with ${name} ${worst}; ${correct}`;
}

/** Whose statistics the training formula was given in eval; undefined where dx is another. */
function trainingFormulaIn({ faults, dx }: Part): string | undefined {
  if (dx === undefined || faults.length !== 1 || faults[0] !== "train-formula-in-eval") return undefined;
  return dx.r.statistics === "running pair"
    ? "pop_mean and pop_var in place of batch statistics"
    : "the batch's own statistics";
}

function unexplained(
  record: ParsedRecord,
  nearest: Match | null,
  hypothesis: Hypothesis | undefined,
  further: string | null,
): string[] {
  const lines = ["No formula known here gives these numbers."];
  if (nearest !== null && hypothesis !== undefined) {
    const at = nearest.epsilon === null ? "" : ` and ε = ${small(nearest.epsilon)}`;
    const faults = nearest.faults.length === 0 ? "nothing wrong" : nearest.faults.join(" and ");
    lines.push(`Nearest are those of ${MODES[nearest.mode]} with ${faults}${at}:`);
    for (const part of partsOf(hypothesis)) {
      const { formula, quantity, misfit } = part;
      const worst = Number(misfit.worst.toPrecision(2));
      lines.push(
        misfit.used <= 1
          ? `${formula} fits (worst difference ${worst}).`
          : `${formula} does not fit: ${place(quantity, misfit.index, record)} is off by ${worst}.`,
      );
    }
  }
  if (further !== null) lines.push(`${further} would tell more.`);
  return lines.map(inRecordNames);
}

function place(quantity: Quantity, index: number, { features, outputs }: ParsedRecord): string {
  const seen = outputs[quantity];
  const matrix = quantity === "y" || quantity === "dx";
  const path =
    matrix && features > 1
      ? `${quantity}[${Math.floor(index / features)}][${index % features}]`
      : `${quantity}[${index}]`;
  return seen === undefined ? path : `${path}, recorded as ${format(seen[index])},`;
}

function list(names: readonly string[]): string {
  if (names.length > 4) return `${names.slice(0, 3).join(", ")} or ${names.length - 3} other faults`;
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

/** ε as people write it: 1e-5. */
const small = (value: number) => {
  const digits = Number(value.toPrecision(4));
  return digits > 0 && digits < 1e-2 ? digits.toExponential() : String(digits);
};

/** What the record calls the running pair. */
const inRecordNames = (text: string) =>
  text.replaceAll("popMean", "pop_mean").replaceAll("popVar", "pop_var");
