import { loadMnist, type Split, stratifiedSplit } from "@handgrad/datasets";

export const PIXELS = 784;
export const CLASSES = 10;
/** Digits that are kept for testing. */
const TEST_ROWS = 2000;

export type Digits = Split<typeof PIXELS, "float32">;

/** 8,000 digits to train on and 2,000 to test on, every class with its share. */
export const loadDigits = (seed: number): Digits => stratifiedSplit(loadMnist(), { test: TEST_ROWS, seed });
