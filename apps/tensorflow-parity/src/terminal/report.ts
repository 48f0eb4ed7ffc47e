import { type Colors, textWidth, wrap } from "terminal";
import type { CutPath } from "../cut-path.js";
import type { Program } from "../programs.js";
import type { Report } from "../report.js";
import type { TwoRows } from "../two-rows.js";
import type { ZeroTest } from "../zero-tests.js";
import { figure, share, table } from "./format.js";
import { sectionText } from "./section.js";

const cutPathTable = (paths: readonly CutPath[]): string =>
  table([
    ["N", "−Σ dc₂", "Σ |dc₂|"],
    ...paths.map(({ n, gradient, terms }) => [String(n), figure(gradient), figure(terms)]),
  ]);

const twoRowsTable = ({ lines }: TwoRows, programs: readonly Pick<Program, "id" | "title">[]): string => {
  const asked = programs.filter(({ id }) => lines[0].relativeErrors[id] !== undefined);
  return table([
    ["deviation of x", "exact |dx|", ...asked.map(({ title }) => title[0])],
    ...lines.map(({ deviation, size, relativeErrors }) => [
      String(deviation),
      figure(size),
      ...asked.map(({ id }) => share(relativeErrors[id] ?? Number.NaN)),
    ]),
  ]);
};

const zeroTestsTable = (tests: readonly ZeroTest[]): string =>
  table([
    ["Σ dx·x̂", "σ²/ε", "correct layer", "ε forgotten", "γ·ε·r³·dγ", "rounding"],
    ...tests.map(({ precision, ratio, correct, forgetful, identity, rounding }) => [
      precision,
      figure(ratio),
      figure(correct),
      figure(forgetful),
      figure(identity),
      `± ${figure(rounding)}`,
    ]),
  ]);

/** The whole comparison for people. */
export function reportText(report: Report, columns: number, colors: Colors): string {
  const { versions, epsilon, sections, cutPath, twoRows, zeroTests, asExpected } = report;
  const width = textWidth({ columns });
  const text = (words: string) => wrap(words, width);
  const allPrograms = sections.find(
    ({ mode, precision }) => mode === "train" && precision === "float32",
  )?.programs;
  const paragraphs = [
    text(
      `One neuron's batch norm, γ 1, β 0, ε ${epsilon}: gradients of the staged code and of this project beside TensorFlow ${versions.tensorFlow} (recorded) and TensorFlow.js ${versions.tensorFlowJs} (live, float32 only).`,
    ),
    ...sections.map((section) => sectionText(section, width, colors)),
    colors.bold("Training: what reaches the mean by way of the variance (float64)"),
    cutPathTable(cutPath),
    text("TensorFlow's stop_gradient on the mean inside the variance cuts this path, which carries nothing."),
    colors.bold("Training: two rows, error of dx relative to the exact one (float32)"),
    twoRowsTable(twoRows, allPrograms ?? []),
    text(
      `Medians of ${twoRows.draws} draws, ε ${twoRows.epsilon}. The larger the deviation, the less is left of the terms, and the more of that is rounding.`,
    ),
    colors.bold(`Training: the popular test Σ dx·x̂ = 0 (${zeroTests.rows} rows)`),
    zeroTestsTable(zeroTests.tests),
    text(
      "The sum is γ·ε·r³·dγ, not 0: the test passes the layer whose way back forgot ε, and fails the correct one. In float32 at σ ≈ 1 (σ²/ε 1e7) rounding is too coarse to tell the two apart.",
    ),
    asExpected
      ? colors.green(
          text(
            "As it must be: all agree with TensorFlow in both modes and both precisions, but for the staged code as asked, which is wrong in testing.",
          ),
        )
      : colors.red(text("Not as it must be: see the differences marked with an exclamation mark.")),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}
