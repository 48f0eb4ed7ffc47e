import { titleOf } from "../curve-names.js";
import type { Run } from "../train-run.js";

const last = (run: Run, curve: string): number => run.curves[curve]?.at(-1)?.[1] ?? Number.NaN;
/** A fixed number of decimals, and an exponent where a diverged run would need a page. */
function fixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return "–";
  return Math.abs(value) < 1e6 ? value.toFixed(digits) : value.toExponential(1).replace("e+", "e");
}
const percent = (value: number): string => (Number.isFinite(value) ? `${(100 * value).toFixed(1)} %` : "–");

/** Mean of the training-mode loss over the last epoch. */
function lastEpochLoss(run: Run, epochs: number): number {
  const from = run.steps - run.steps / epochs;
  const points = run.curves.trainLoss.filter(([step]) => step > from);
  return points.reduce((sum, [, loss]) => sum + loss, 0) / points.length;
}

/** What the other columns leave of 80. */
const LABEL_WIDTH = 27;
const cut = (label: string): string =>
  label.length > LABEL_WIDTH ? `${label.slice(0, LABEL_WIDTH - 1)}…` : label;

/** One row a run: losses at the end, accuracy, time. */
export function resultTable(runs: readonly Run[], epochs: number): string {
  const header = ["", "train", "eval mode", "test", "accuracy", "seconds", "steps/s"];
  const rows = runs.map((run) => [
    cut(titleOf(run)),
    fixed(lastEpochLoss(run, epochs), 3),
    fixed(last(run, "evalTrainLoss"), 3),
    fixed(last(run, "testLoss"), 3),
    percent(last(run, "testAccuracy")),
    fixed(run.seconds, 1),
    fixed(run.steps / run.seconds, 1),
  ]);
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column].length)));
  const lines = [header, ...rows].map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join("  ")
      .trimEnd(),
  );
  return ["Loss at the end in training, in eval mode on the same digits, on test digits.", ...lines].join(
    "\n",
  );
}
