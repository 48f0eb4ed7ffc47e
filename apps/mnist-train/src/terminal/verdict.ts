import type { Check, Verdict } from "@handgrad/bn-doctor";
import type { Colors } from "./colors.js";

/** Widest line of running text, however wide the terminal is. */
const TEXT_WIDTH = 100;

function headline({ healthy, checks }: Verdict): string {
  if (!healthy) {
    const failed = checks.filter(({ passed }) => passed === false).length;
    return `Batch norm does not behave: ${failed} of ${checks.length} checks failed.`;
  }
  const open = checks.filter(({ passed }) => passed === "inconclusive").length;
  return `Batch norm behaves.${open === 0 ? "" : ` ${open} of ${checks.length} checks could not be judged.`}`;
}

/** Three digits, with an exponent where they would not tell: 0.00681, 0.698, 3.24e9. */
function figure(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-4)) return value.toExponential(2).replace("e+", "e");
  return String(Number(value.toPrecision(3)));
}

function figures({ value, bound }: Check): string {
  if (value === null) return "";
  if (bound === null) return figure(value);
  return `${figure(value)} ${value <= bound ? "≤" : ">"} ${figure(bound)}`;
}

const firstSentence = (text: string): string => text.match(/^.*?\.(?=\s|$)/)?.[0] ?? text;

function wrap(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((part) => indent + part).join("\n");
}

/** The judgement in words: every check with its figure, its bound and what it means, in full where it failed. */
export function verdictText(verdict: Verdict, columns: number, colors: Colors): string {
  const width = Math.min(columns, TEXT_WIDTH);
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
    return `${line}\n${colors.dim(wrap(text, width - 6, "      "))}`;
  });
  const unit =
    "Figure and bound of each check; where the bound is 1, it is the error that rounding explains.";
  return [colors.bold(color(headline(verdict))), colors.dim(wrap(unit, width, "")), ...lines].join("\n");
}
