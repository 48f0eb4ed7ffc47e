import { titleOf } from "../report/curve-names.js";
import { endsOf } from "../run/run-ends.js";
import type { Run } from "../run/train-run.js";
import { aligned, cut, fixed, percent } from "./text.js";

/** What the other columns leave of 80. */
const TITLE_WIDTH = 27;

/** One row a run: losses at the end, accuracy, time. */
export function resultTable(runs: readonly Run[], epochs: number): string {
  const header = ["", "train", "eval mode", "test", "accuracy", "seconds", "steps/s"];
  const rows = runs.map((run) => {
    const { trainLoss, evalTrainLoss, testLoss, testAccuracy } = endsOf(run, epochs);
    return [
      cut(titleOf(run), TITLE_WIDTH),
      ...[trainLoss, evalTrainLoss, testLoss].map((loss) => fixed(loss, 3)),
      percent(testAccuracy),
      fixed(run.seconds, 1),
      fixed(run.steps / run.seconds, 1),
    ];
  });
  const title = "Loss at the end in training, in eval mode on the same digits, on test digits.";
  return [title, ...aligned([header, ...rows]), ...runs.flatMap(brokenOff)].join("\n");
}

/** Why a row has no numbers. */
function brokenOff(run: Run): string[] {
  const { firstNonFinite: first } = run;
  return first ? [`${titleOf(run)}: broke down at step ${first.step}, in ${first.where}.`] : [];
}
