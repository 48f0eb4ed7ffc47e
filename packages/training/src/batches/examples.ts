import { type FloatDType, type Random, type Rows, requireShape, type Vector } from "@handgrad/tensor";

/** Inputs, one example a row, and the class of each. */
export interface Examples<F extends number = number, D extends FloatDType = "float32"> {
  readonly inputs: Rows<F, D>;
  readonly labels: Vector<number, "int32" | "uint8">;
  /** Number of classes, where it is known: `fit` and `evaluate` hold the model's outputs against it. */
  readonly classes?: number;
}

/** Says which generators a pass over it draws from, so that a checkpoint of `fit` can save and restore them. */
export interface Drawn {
  readonly random?: readonly Random[];
}

/** Batches of examples from anywhere. For several epochs each pass over it must start anew: a generator gives one. */
export type Batches<F extends number = number, D extends FloatDType = "float32"> = (
  | Iterable<Examples<F, D>>
  | AsyncIterable<Examples<F, D>>
) &
  Drawn;

/** Throws unless there is at least one example, and one label for each. */
export function requireExamples(what: string, { inputs, labels }: Examples<number, FloatDType>): void {
  requireShape(`${what}: inputs`, inputs.shape, [{ atLeast: 1 }, null]);
  requireShape(`${what}: labels`, labels.shape, [inputs.shape[0]]);
}

/** Throws unless every label is one of the model's outputs, and there are as many of these as classes. */
export function requireClasses(
  what: string,
  { labels, classes }: Examples<number, FloatDType>,
  outputs: number,
): void {
  if (classes !== undefined && classes !== outputs) {
    throw new RangeError(
      `${what}: the examples have ${classes} classes, but the model has ${outputs} outputs`,
    );
  }
  requireLabels(what, labels.data, outputs);
}

/** Throws unless every label is an integer from 0 to `classes` − 1. */
export function requireLabels(what: string, labels: ArrayLike<number>, classes: number): void {
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row];
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new RangeError(
        `${what}: labels must be classes from 0 to ${classes - 1}, got ${label} in row ${row}`,
      );
    }
  }
}
