import type { Run } from "../run/train-run.js";

/** The three losses of a run, in the order of drawing, with the mark and the words by which a reader knows them. */
export const lossCurves = [
  { key: "trainLoss", mark: "·", label: "training mode" },
  { key: "evalTrainLoss", mark: "o", label: "eval mode, same data" },
  { key: "testLoss", mark: "x", label: "eval mode, test data" },
] as const;

/** What a run is called where people read it; a planted fault goes by its id. */
export const titleOf = ({ name }: Pick<Run, "name">): string =>
  name === "no-batch-norm" ? "without batch norm" : name === "batch-norm" ? "with batch norm" : name;
