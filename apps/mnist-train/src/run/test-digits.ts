import { type Digits, loadDigits, sliceDigits } from "./digits.js";
import { defaults, type Settings } from "./settings.js";

/** The real digits, loaded once for all tests: none may change them. */
export const digits: Digits = await loadDigits(1);

/** A copy of some of them: enough to learn from in a second. */
export const fewDigits = (train = 1000, test = 200): Digits => ({
  train: sliceDigits(digits.train, 0, train),
  test: sliceDigits(digits.test, 0, test),
});

/** The job in small: 80 steps, after which decay 0.9 has forgotten the first running pair. */
export const smallJob: Settings = { ...defaults, hidden: [32, 16], batchSize: 64 };
