import type { Verdict } from "@handgrad/bn-doctor";
import {
  counts,
  evidenceText,
  figures,
  firstSentence,
  headline,
  type NamedFault,
  namedFaults,
} from "laboratory";
import { type Colors, textWidth, wrap } from "terminal";

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
