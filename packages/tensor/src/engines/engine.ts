import type { DataOf, FloatDType } from "../dtype.js";
import type { Kernels } from "./kernels.js";

/** Kernels, and where they compute. */
export interface Engine {
  readonly kernels: Kernels;
  /** How many threads share large work, the calling one included. An engine without threads has one whatever is asked. */
  threads: number;
  /** A zero-filled array that the kernels reach without copying it, or undefined where there is none such. */
  storage<D extends FloatDType>(dtype: D, length: number): DataOf<D> | undefined;
  /** The first `length` elements of what `storage` gave, as such an array. */
  part<D extends FloatDType>(dtype: D, whole: DataOf<D>, length: number): DataOf<D>;
}
