import { fromData } from "@handgrad/tensor";
import type { Digits } from "../run/digits.js";

/** Pixels as the paper's network gets them: 1 from the middle of the gray scale on, else 0. */
export const binaryDigits = ({ train, test }: Digits): Digits => ({
  train: binary(train),
  test: binary(test),
});

const binary = ({ inputs, ...rest }: Digits["train"]): Digits["train"] => ({
  ...rest,
  inputs: fromData(
    inputs.data.map((pixel) => (pixel >= 0.5 ? 1 : 0)),
    inputs.shape,
  ),
});
