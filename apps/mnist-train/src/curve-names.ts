import type { Run } from "./train-run.js";

/** The three losses of a run, in the order of drawing, and what a reader is told about each. */
export const lossCurves = [
  { key: "trainLoss", label: "training mode" },
  { key: "evalTrainLoss", label: "eval mode, same data" },
  { key: "testLoss", label: "test" },
] as const;

/** What a run is called where people read it; a planted fault goes by its id. */
export const titleOf = ({ name }: Pick<Run, "name">): string =>
  name === "no-batch-norm" ? "without batch norm" : name === "batch-norm" ? "with batch norm" : name;
