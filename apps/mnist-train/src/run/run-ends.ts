import type { Run } from "./train-run.js";

/** Where the curves of a run end; NaN for one that broke down or has no point. */
export interface Ends {
  /** Mean of the training-mode loss over the last epoch. */
  readonly trainLoss: number;
  readonly evalTrainLoss: number;
  readonly testLoss: number;
  readonly testAccuracy: number;
}

/** A report keeps of a run that broke down no more than its curves. */
const lossesOf = ({ curves }: Run) => [curves.trainLoss, curves.evalTrainLoss, curves.testLoss];

export function endsOf(run: Run, epochs: number): Ends {
  if (run.firstNonFinite || lossesOf(run).some((curve) => Number.isNaN(curve.at(-1)?.[1]))) {
    return {
      trainLoss: Number.NaN,
      evalTrainLoss: Number.NaN,
      testLoss: Number.NaN,
      testAccuracy: Number.NaN,
    };
  }
  const last = (curve: string): number => run.curves[curve]?.at(-1)?.[1] ?? Number.NaN;
  const from = run.steps - run.steps / epochs;
  const points = run.curves.trainLoss.filter(([step]) => step > from);
  return {
    trainLoss: points.reduce((sum, [, loss]) => sum + loss, 0) / points.length,
    evalTrainLoss: last("evalTrainLoss"),
    testLoss: last("testLoss"),
    testAccuracy: last("testAccuracy"),
  };
}
