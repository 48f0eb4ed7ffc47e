import { aligned, fixed, percent } from "../terminal/text.js";
import type { Group, Spread } from "./summary.js";

export const SWEEP_COLUMNS = [
  "lr",
  "decay",
  "seeds",
  "healthy",
  "accuracy",
  "without batch norm",
  "test loss",
  "without batch norm",
] as const;

const plusMinus = ({ mean, deviation }: Spread, text: (value: number) => string): string =>
  mean === null ? "–" : deviation === null ? text(mean) : `${text(mean)} ± ${text(deviation)}`;

const loss = (value: number): string => fixed(value, 3);

/** Of one row, in the order of {@link SWEEP_COLUMNS}. */
export const sweepCells = ({ lr, decay, seeds, healthy, testAccuracy, testLoss }: Group): string[] => [
  lr,
  decay,
  String(seeds.length),
  `${healthy}/${seeds.length}`,
  plusMinus(testAccuracy.withBatchNorm, percent),
  plusMinus(testAccuracy.withoutBatchNorm, percent),
  plusMinus(testLoss.withBatchNorm, loss),
  plusMinus(testLoss.withoutBatchNorm, loss),
];

export function sweepTable(groups: readonly Group[]): string {
  const title = "On test digits at the end: mean ± standard deviation over the seeds.";
  const header = ["lr", "decay", "seeds", "healthy", "accuracy", "… without", "loss", "… without"];
  return [title, ...aligned([header, ...groups.map(sweepCells)])].join("\n");
}
