import { fromData, type Rows, type Vector } from "@handgrad/tensor";
import type { Precision } from "./experiment.js";

/** Numbers as the rows of one feature, [N, 1], rounded to `precision`. */
export const rowsOf = (values: readonly number[], precision: Precision): Rows<1, Precision> =>
  precision === "float64"
    ? fromData(Float64Array.from(values), [values.length, 1])
    : fromData(Float32Array.from(values), [values.length, 1]);

/** A number as the parameter of one feature, [1], rounded to `precision`. */
export const vectorOf = (value: number, precision: Precision): Vector<1, Precision> =>
  precision === "float64" ? fromData(Float64Array.of(value), [1]) : fromData(Float32Array.of(value), [1]);
