import { type FloatDType, type Rows, requireShape, type Vector } from "@handgrad/tensor";

/** Inputs, one example a row, and the class of each. */
export interface Examples<F extends number = number, D extends FloatDType = "float32"> {
  readonly inputs: Rows<F, D>;
  readonly labels: Vector<number, "int32" | "uint8">;
}

/** Throws unless there is at least one example, and one label for each. */
export function requireExamples(what: string, { inputs, labels }: Examples<number, FloatDType>): void {
  requireShape(`${what}: inputs`, inputs.shape, [{ atLeast: 1 }, null]);
  requireShape(`${what}: labels`, labels.shape, [inputs.shape[0]]);
}
