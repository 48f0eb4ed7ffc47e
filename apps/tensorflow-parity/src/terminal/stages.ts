import type { BatchNormStage } from "@handgrad/layers";
import type { Colors } from "terminal";
import type { OneNeuron } from "../experiment.js";
import { type Cell, gradient, table } from "./format.js";

/** Rows of the batch that fit beside the formulas. */
const SHOWN = 4;

/** Every stage in a line: the step, its formula, and its value, one number for the batch or one a row. */
export function stagesText(
  { n, x, dy, epsilon }: OneNeuron,
  stages: readonly BatchNormStage[],
  colors: Colors,
): string {
  const numbers = (values: ArrayLike<number>): string[] => {
    const shown = Array.from(values)
      .slice(0, SHOWN)
      .map((value) => gradient(value, 6));
    return values.length > SHOWN ? [...shown, "…"] : shown;
  };
  const lines: (Cell | string)[][] = [
    ["given", "x", ...numbers(x)],
    ["", "dy", ...numbers(dy)],
    ...stages.map(({ step, formula, value }, i) => [
      { text: step === stages[i - 1]?.step ? "" : step },
      formula,
      ...numbers(value.data),
    ]),
  ];
  const title = `The staged derivation in training, N ${n}, γ 1, β 0, ε ${epsilon} (float64)`;
  return `${colors.bold(title)}\n\n${table(lines, 2)}\n`;
}
