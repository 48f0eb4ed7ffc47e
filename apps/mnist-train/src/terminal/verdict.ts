import type { Check, Verdict } from "@handgrad/bn-doctor";
import { type Colors, compared, figure, textWidth, wrap } from "terminal";

function headline({ healthy, checks }: Verdict): string {
  if (!healthy) {
    const failed = checks.filter(({ passed }) => passed === false).length;
    return `Batch norm does not behave: ${failed} of ${checks.length} checks failed.`;
  }
  const open = checks.filter(({ passed }) => passed === "inconclusive").length;
  return `Batch norm behaves.${open === 0 ? "" : ` ${open} of ${checks.length} checks could not be judged.`}`;
}

function figures({ value, bound }: Check): string {
  if (value === null) return "";
  if (bound === null) return figure(value);
  return compared(value, bound);
}

const firstSentence = (text: string): string => text.match(/^.*?\.(?=\s|$)/)?.[0] ?? text;

/** The judgement in words: every check with its figure, its bound and what it means, in full where it failed. */
export function verdictText(verdict: Verdict, columns: number, colors: Colors): string {
  const width = textWidth({ columns });
  const idWidth = Math.max(...verdict.checks.map(({ id }) => id.length));
  const color = verdict.healthy ? colors.green : colors.red;
  const lines = verdict.checks.map((check) => {
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
  return [colors.bold(color(headline(verdict))), colors.dim(wrap(unit, width)), ...lines].join("\n");
}
