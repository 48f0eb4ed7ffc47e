import { loadMnist, type Split, stratifiedSplit } from "@handgrad/datasets";
import { sliceRows } from "@handgrad/tensor";

export const PIXELS = 784;
export const CLASSES = 10;
/** Digits that are kept for testing. */
const TEST_ROWS = 2000;

export type Digits = Split<typeof PIXELS, "float32">;

/** 8,000 digits to train on and 2,000 to test on, every class with its share. */
export const loadDigits = (seed: number): Digits => stratifiedSplit(loadMnist(), { test: TEST_ROWS, seed });

/** Rows `start` to `end` (exclusive) of the training or the test digits. */
export const sliceDigits = (
  { inputs, labels }: Digits["train"],
  start: number,
  end: number,
): Digits["train"] => ({
  inputs: sliceRows(inputs, start, end) as Digits["train"]["inputs"],
  labels: sliceRows(labels, start, end),
});
