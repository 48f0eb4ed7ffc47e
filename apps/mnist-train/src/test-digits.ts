import { sliceRows } from "@handgrad/tensor";
import { type Digits, loadDigits } from "./digits.js";
import { defaults, type Settings } from "./settings.js";

const first = ({ inputs, labels }: Digits["train"], rows: number): Digits["train"] => ({
  inputs: sliceRows(inputs, 0, rows) as Digits["train"]["inputs"],
  labels: sliceRows(labels, 0, rows),
});

/** Some of the real digits, for tests: enough to learn from in a second. */
export function fewDigits(train = 1000, test = 200): Digits {
  const digits = loadDigits(1);
  return { train: first(digits.train, train), test: first(digits.test, test) };
}

/** The job in small: 80 steps, after which decay 0.9 has forgotten the first running pair. */
export const smallJob: Settings = { ...defaults, hidden: [32, 16], batchSize: 64 };
