import { type Digits, loadDigits, sliceDigits } from "./digits.js";
import { defaults, type Settings } from "./settings.js";

/** Some of the real digits, for tests: enough to learn from in a second. */
export async function fewDigits(train = 1000, test = 200): Promise<Digits> {
  const digits = await loadDigits(1);
  return { train: sliceDigits(digits.train, 0, train), test: sliceDigits(digits.test, 0, test) };
}

/** The job in small: 80 steps, after which decay 0.9 has forgotten the first running pair. */
export const smallJob: Settings = { ...defaults, hidden: [32, 16], batchSize: 64 };
