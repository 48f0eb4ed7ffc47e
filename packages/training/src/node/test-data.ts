import { fromData, normal, Random } from "@handgrad/tensor";

/** Twelve rows of noise, in two classes by turns. */
export const data = {
  inputs: normal([12, 2], new Random(1)),
  labels: fromData(
    Int32Array.from({ length: 12 }, (_, i) => i % 2),
    [12],
  ),
};
