import { type FloatDType, type Rows, requireShape, type Vector } from "@handgrad/tensor";

/** Inputs, one example a row, and the class of each. */
export interface Dataset<F extends number = number, D extends FloatDType = "float32"> {
  readonly inputs: Rows<F, D>;
  readonly labels: Vector<number, "int32" | "uint8">;
  /** Number of classes, where it is known: training holds the model's outputs against it. */
  readonly classes?: number;
}

/**
 * Throws unless there is one label for each row, every input is finite, and every label is a class from 0 to
 * `classes` − 1. The message names the row.
 */
export function requireDataset(
  what: string,
  { inputs, labels }: Dataset<number, FloatDType>,
  classes: number,
): void {
  requireShape(`${what}: inputs`, inputs.shape, [null, null]);
  const [rows, width] = inputs.shape;
  requireShape(`${what}: labels`, labels.shape, [rows]);
  // Not findIndex: on eight million pixels its callback takes seven times as long.
  const { data } = inputs;
  let bad = 0;
  while (bad < data.length && Number.isFinite(data[bad])) bad++;
  if (bad < data.length) {
    const [row, column] = [Math.floor(bad / width), bad % width];
    throw new RangeError(
      `${what}: inputs must be finite numbers, got ${data[bad]} in row ${row}, column ${column}`,
    );
  }
  const wrong = labels.data.findIndex((label) => label < 0 || label >= classes);
  if (wrong >= 0) {
    throw new RangeError(
      `${what}: labels must be classes from 0 to ${classes - 1}, got ${labels.data[wrong]} in row ${wrong}`,
    );
  }
}
