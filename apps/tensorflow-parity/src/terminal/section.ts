import { type Colors, wrap } from "terminal";
import type { Comparison, Section, Verdict } from "../compare.js";
import { isRefusal } from "../experiment.js";
import type { ProgramId } from "../programs.js";
import { dxOfTwoRows } from "../two-rows.js";
import { type Cell, figure, gradient, share, table } from "./format.js";

const subscript = (index: number) => String.fromCharCode(0x2080 + index);
/** Rows of a batch that are printed, of all but the small ones. */
const SHOWN = 2;
const SMALL = 4;

const valueCell = (comparison: Comparison, id: ProgramId, row: number, decimals: number): string => {
  const answer = comparison.answers[id];
  if (answer === undefined) return "";
  return isRefusal(answer) ? "refused" : gradient(answer.dx[row], decimals);
};

/** dx as every program has it, and as it is. */
function values({ precision, programs, comparisons }: Section): Cell[][] {
  const decimals = precision === "float64" ? 10 : 8;
  return comparisons.flatMap((comparison) => {
    const { n, exact } = comparison;
    const shown = n <= SMALL ? n : SHOWN;
    return Array.from({ length: shown }, (_, row) => [
      {
        text: `${row === 0 ? String(n).padStart(2) : "  "}  dx${subscript(row + 1)}${row === shown - 1 && shown < n ? " …" : ""}`,
      },
      ...programs.map(({ id }) => ({ text: valueCell(comparison, id, row, decimals) })),
      ...(precision === "float32" && comparison.input.mode === "train"
        ? [{ text: gradient(exact.dx[row], decimals) }]
        : []),
    ]);
  });
}

function verdictCell(difference: number | null, agrees: boolean, verdict: Verdict, colors: Colors): Cell {
  if (difference === null) return { text: "refused" };
  const paint = verdict.asExpected ? (agrees ? colors.green : colors.yellow) : colors.red;
  return { text: `${figure(difference)} ${agrees ? "=" : "≠"}${verdict.asExpected ? "" : " !"}`, paint };
}

/** Differences from TensorFlow. In TensorFlow's own column: how much of a difference rounding explains. */
function differences({ programs, comparisons }: Section, colors: Colors): Cell[][] {
  const line = (
    n: string,
    what: string,
    { allowed, verdicts }: Comparison,
    part: "dx" | "parameters",
  ): Cell[] => [
    { text: `${n.padStart(2)}  ${what}` },
    ...programs.map(({ id }): Cell => {
      const verdict = verdicts[id];
      if (verdict === undefined) return { text: "" };
      if (id === "tensorflow") return { text: `± ${figure(allowed[part])}`, paint: colors.dim };
      const agrees = part === "dx" ? verdict.finding === "agrees" : verdict.parametersAgree;
      return verdictCell(verdict[part], agrees, verdict, colors);
    }),
  ];
  return comparisons.flatMap((comparison) => [
    line(String(comparison.n), "dx", comparison, "dx"),
    line("", "dγ dβ", comparison, "parameters"),
  ]);
}

const comparisonOf = ({ comparisons }: Section, n: number): Comparison => {
  const found = comparisons.find((comparison) => comparison.n === n);
  if (!found) throw new Error(`there is no comparison of ${n} rows`);
  return found;
};

/** Largest difference of dx between TensorFlow and those that agree with it. */
const furthest = ({ comparisons }: Section): number =>
  Math.max(
    ...comparisons.flatMap(({ verdicts }) =>
      Object.values(verdicts).map(({ finding, dx }) => (finding === "agrees" && dx !== null ? dx : 0)),
    ),
  );

/** What the table says, and why it is so. */
function reasons(section: Section): string[] {
  const { mode, precision } = section;
  const two = comparisonOf(section, 2);
  if (mode === "train" && precision === "float64") {
    return [
      `All columns agree: the staged derivation is right in training. The largest difference from TensorFlow is ${figure(furthest(section))}.`,
      `One row: dx is exactly 0, whatever comes from above. This project refuses it: one row has no variance.`,
      `Two rows: dx is ± γ·ε·r³·(dy₁ − dy₂)/2 = ${gradient(dxOfTwoRows(two.input), 10)}, the rest of terms of size ${figure(two.exact.r * Math.max(...two.input.dy.map(Math.abs)))} that cancel.`,
    ];
  }
  if (mode === "train") {
    const errors = section.programs
      .map(({ id, title }) => {
        const error = two.verdicts[id]?.relativeError;
        return error === null || error === undefined ? "" : `${title[0]} ${share(error)}`;
      })
      .join(", ");
    return [
      "All columns agree as closely as the rounding of the terms allows. What is left of the terms may be smaller than that.",
      `Two rows: relative to the exact dx they are off by: ${errors}. No program is wrong. This project keeps μ, r and the sums in float64.`,
    ];
  }
  const staged = two.verdicts.staged?.dx ?? Number.NaN;
  if (precision === "float64") {
    return [
      `The staged code as asked is wrong in testing: by ${figure(staged)} at two rows. It goes back through mean and variance, which are constants there. Its dγ and dβ are right, so nothing shows in them.`,
      "Repaired, dx = dy·γ/√(pop_var + ε), it agrees with TensorFlow at every N, and so does this project.",
    ];
  }
  return [
    `As in float64: rounding explains ${figure(two.allowed.dx)} at two rows, and the staged code as asked is off by ${figure(staged)}.`,
  ];
}

const titles = {
  train: "Training: mean and variance are the batch's",
  test: "Testing: mean and variance are constants, 0 and 1",
};

/** One mode in one precision. */
export function sectionText(section: Section, width: number, colors: Colors): string {
  const { mode, precision, programs } = section;
  const exact = precision === "float32" && mode === "train";
  const head = ([0, 1] as const).map((line) => [
    { text: line === 0 ? "" : " N" },
    ...programs.map(({ title }) => ({ text: title[line] })),
    ...(exact ? [{ text: ["exact", "float64"][line] }] : []),
  ]);
  const dx = [...head, ...values(section)];
  const lines = table([...dx, ...differences(section, colors)]).split("\n");
  return [
    colors.bold(`${titles[mode]} (${precision})`),
    "",
    ...lines.slice(0, dx.length),
    "",
    colors.dim("Largest difference from TensorFlow; rounding explains ±: = within, ≠ beyond."),
    ...lines.slice(dx.length),
    "",
    ...reasons(section).map((reason) => wrap(reason, width)),
  ].join("\n");
}
