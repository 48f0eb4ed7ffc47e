import type { Check, FaultEvidence, Verdict } from "@handgrad/bn-doctor";
import { compared, figure } from "terminal/figure";
import { counts, type NamedFault } from "./named-faults.js";

/** Whether all that failed is that the run did not stay finite, which too large a learning rate does to any network. */
export const brokeDown = ({ checks }: Pick<Verdict, "checks">): boolean =>
  checks.some(({ passed }) => passed === false) &&
  checks.every(({ id, passed }) => passed !== false || id === "finite");

/** The verdict in one sentence or two. */
export function headline({ healthy, checks }: Verdict, faults: readonly NamedFault[]): string {
  const count = (answer: Check["passed"]) => checks.filter(({ passed }) => passed === answer).length;
  const names = (some: readonly NamedFault[]) => some.map(({ id }) => id).join(", ");
  const counting = faults.filter(counts);
  if (counting.length > 0) return `Batch norm does not behave: ${names(counting)}.`;
  if (brokeDown({ checks })) {
    if (faults.length > 0) return `Training broke down, and batch norm is fragile: ${names(faults)}.`;
    return "Training broke down; the checks that could be made found no fault in batch norm.";
  }
  if (!healthy) return `Batch norm does not behave: ${count(false)} of ${checks.length} checks failed.`;
  const open = count("inconclusive");
  return [
    `Batch norm behaves${faults.length === 0 ? "" : `, but is fragile: ${names(faults)}`}.`,
    ...(open === 0 ? [] : [`${open} of ${checks.length} checks could not be judged.`]),
  ].join(" ");
}

/** What was measured, beside its bound; without a bound it is a step. Empty where there is no number. */
export function figures({ value, bound }: Check): string {
  if (value === null) return "";
  if (bound === null) return `step ${value}`;
  return compared(value, bound);
}

export const firstSentence = (text: string): string => text.match(/^.*?\.(?=\s|$)/)?.[0] ?? text;

/** To the digits that tell the two numbers apart. */
export function evidenceText({ input, what, expected, seen }: FaultEvidence): string {
  const exact = typeof expected === "number" && typeof seen === "number" && figure(expected) === figure(seen);
  const shown = (value: number | string) =>
    typeof value === "string" ? value : exact ? String(value) : figure(value);
  return `${input[0].toUpperCase()}${input.slice(1)}, ${what} is ${shown(seen)}; expected: ${shown(expected)}.`;
}
