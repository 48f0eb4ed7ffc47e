import type { Check, FaultEvidence, Verdict } from "@handgrad/bn-doctor";
import { type Colors, compared, figure, textWidth, wrap } from "terminal";
import { counts, type NamedFault, namedFaults } from "../named-faults.js";

/** The verdict in one sentence or two. */
export function headline({ healthy, checks }: Verdict, faults: readonly NamedFault[]): string {
  const count = (answer: Check["passed"]) => checks.filter(({ passed }) => passed === answer).length;
  const names = (some: readonly NamedFault[]) => some.map(({ id }) => id).join(", ");
  const counting = faults.filter(counts);
  if (counting.length > 0) return `Batch norm does not behave: ${names(counting)}.`;
  if (!healthy) return `Batch norm does not behave: ${count(false)} of ${checks.length} checks failed.`;
  const open = count("inconclusive");
  return [
    `Batch norm behaves${faults.length === 0 ? "" : `, but is fragile: ${names(faults)}`}.`,
    ...(open === 0 ? [] : [`${open} of ${checks.length} checks could not be judged.`]),
  ].join(" ");
}

/** What was measured, beside its bound; empty where there is no number. */
export function figures({ value, bound }: Check): string {
  if (value === null) return "";
  if (bound === null) return figure(value);
  return compared(value, bound);
}

export const firstSentence = (text: string): string => text.match(/^.*?\.(?=\s|$)/)?.[0] ?? text;

/** What is wrong, the number that shows it, and the repair. */
function faultText(fault: NamedFault, width: number, colors: Colors): string {
  const { id, layers, meaning, evidence, repair } = fault;
  const mark = counts(fault) ? colors.red("✗") : colors.yellow("!");
  const where = wrap(`in ${layers.join(", ")}`, width, "      ");
  const lines = [
    meaning,
    ...(evidence === undefined ? [] : [evidenceText(evidence)]),
    ...(repair === undefined ? [] : [`Repair: ${repair}`]),
  ];
  return [
    `  ${mark} ${colors.bold(id)}${counts(fault) ? "" : " (fragile: harms on some inputs alone)"}`,
    colors.dim(where),
    ...lines.map((line) => wrap(line, width, "      ")),
  ].join("\n");
}

/** To the digits that tell the two numbers apart. */
export function evidenceText({ input, what, expected, seen }: FaultEvidence): string {
  const exact = typeof expected === "number" && typeof seen === "number" && figure(expected) === figure(seen);
  const shown = (value: number | string) =>
    typeof value === "string" ? value : exact ? String(value) : figure(value);
  return `${input[0].toUpperCase()}${input.slice(1)}, ${what} is ${shown(seen)}; expected: ${shown(expected)}.`;
}

/** The judgement in words: the faults that have a name, then every check with its figure, its bound and what it means. */
export function verdictText(verdict: Verdict, columns: number, colors: Colors): string {
  const width = textWidth({ columns });
  const faults = namedFaults(verdict.faults);
  const idWidth = Math.max(...verdict.checks.map(({ id }) => id.length));
  const color = verdict.healthy ? colors.green : colors.red;
  const checks = verdict.checks.map((check) => {
    const mark =
      check.passed === true
        ? colors.green("✓")
        : check.passed === false
          ? colors.red("✗")
          : colors.yellow("?");
    const line = `  ${mark} ${check.id.padEnd(idWidth)}  ${figures(check)}`.trimEnd();
    const text = check.passed === true ? firstSentence(check.meaning) : check.meaning;
    return `${line}\n${colors.dim(wrap(text, width, "      "))}`;
  });
  const unit =
    "Figure and bound of each check; where the bound is 1, it is the error that rounding explains.";
  return [
    colors.bold(color(wrap(headline(verdict, faults), width, ""))),
    ...faults.map((fault) => faultText(fault, width, colors)),
    ...(faults.length === 0 ? [] : [""]),
    colors.dim(wrap(unit, width, "")),
    ...checks,
  ].join("\n");
}
