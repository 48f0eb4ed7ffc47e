import {
  type GradientCheck,
  hasTooManyKinks,
  isUnchecked,
  KINK_LIMIT,
  type ModeCheck,
} from "./gradient-check.js";
import { formatShape } from "./indices.js";

const HEADINGS = [
  "mode",
  "gradient",
  "elements",
  "outside",
  "kinks",
  "worst",
  "analytic",
  "numeric",
  "error",
  "explained",
  "used",
];
/** Words to the left, numbers to the right. */
const LEFT_ALIGNED = new Set(["mode", "gradient", "worst"]);

/** The result as text: a verdict, one aligned line for each gradient in each mode, and remarks. No colour. */
export function formatGradientCheck(check: GradientCheck): string {
  const rows = check.modes.flatMap(rowsOf);
  return [verdict(check), ...align([HEADINGS, ...rows]), ...check.modes.flatMap(remarksOf)].join("\n");
}

function verdict({ pass, outside, elements, worst }: GradientCheck): string {
  const state = pass ? "passed" : "FAILED";
  const count = `${outside} of ${elements} elements outside the tolerance`;
  const where =
    outside > 0 && worst ? `, worst ${worst.name}${formatShape(worst.index)} in ${worst.mode}` : "";
  return `gradient check ${state}: ${count}${where}`;
}

function rowsOf({ mode, tensors }: ModeCheck): string[][] {
  return tensors.map(({ name, elements, outside, kinks, worst }) => [
    mode,
    name,
    String(elements),
    String(outside),
    String(kinks),
    ...(worst
      ? [
          formatShape(worst.index),
          worst.analytic.toPrecision(10),
          worst.numeric.toPrecision(10),
          worst.error.toExponential(1),
          worst.explained.toExponential(1),
          worst.used.toPrecision(2),
        ]
      : ["-", "-", "-", "-", "-", "-"]),
  ]);
}

function align(table: readonly string[][]): string[] {
  const widths = HEADINGS.map((_, column) => Math.max(...table.map((row) => row[column].length)));
  return table.map((row) =>
    row
      .map((cell, i) => (LEFT_ALIGNED.has(HEADINGS[i]) ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join("  "),
  );
}

function remarksOf(check: ModeCheck): string[] {
  const { mode, elements, kinks, tensors, changedState } = check;
  const remarks: string[] = [];
  if (changedState.length > 0) remarks.push(`${mode}: forward changes ${changedState.join(", ")}`);
  if (hasTooManyKinks(check)) {
    const share = ((100 * kinks) / elements).toFixed(1);
    remarks.push(
      `${mode}: ${kinks} of ${elements} elements are at kinks, ${share} % where ${100 * KINK_LIMIT} % may be: ` +
        "choose another input",
    );
  }
  for (const { name } of tensors.filter(isUnchecked)) {
    remarks.push(`${mode}: all of ${name} is at kinks and was not checked: choose another input`);
  }
  return remarks;
}
