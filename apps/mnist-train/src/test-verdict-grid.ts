import { Random } from "@handgrad/tensor";
import { type Digits, loadDigits, sliceDigits } from "./digits.js";
import { defaults, type Settings } from "./settings.js";

/** One point of the grid over which a correct batch norm must never be accused. */
export interface Configuration {
  /** Digits to train on, and to test on. */
  readonly rows: { readonly train: number; readonly test: number };
  readonly settings: Settings;
}

/**
 * How much work a configuration is: "small" is well below a second, "full" is the size of the default job, and "mixed"
 * has everything between, from one hidden layer to three.
 */
export type Size = "small" | "mixed" | "full";

const MOST_ROWS = 8000;

/** Ends of the grid. Every one of them is drawn once in so many configurations, with anything in the other settings. */
const CORNERS: readonly Partial<Settings>[] = [
  { batchSize: 2 },
  { batchSize: MOST_ROWS },
  { decay: 0 },
  { decay: 0.999 },
  { decay: "cumulative" },
  { learningRate: 1 },
  { learningRate: 0.01 },
  { epsilon: 1e-7 },
  { epsilon: 1e-1 },
  { epochs: 1 },
  { epochs: 10 },
];

/** A configuration of the grid; the same index and size give the same one. */
export function drawConfiguration(index: number, size: Size, fixed: Partial<Settings> = {}): Configuration {
  const rng = new Random(1000 + index);
  const pick = <T>(items: readonly T[]): T => items[rng.integer(items.length)];
  const between = (least: number, most: number) => least * (most / least) ** rng.uniform();
  const whole = (least: number, most: number) => Math.round(between(least, most));
  const cornerOr = <T>(corners: readonly T[], inside: () => T): T =>
    rng.uniform() < 1 / 3 ? pick(corners) : inside();

  const settings: Settings = {
    ...defaults,
    epochs: 1 + rng.integer(10),
    batchSize: cornerOr([2, MOST_ROWS], () => whole(2, MOST_ROWS)),
    learningRate: cornerOr([0.01, 1], () => between(0.01, 1)),
    decay: cornerOr<Settings["decay"]>([0, 0.999, "cumulative"], () => 1 - between(0.001, 1)),
    epsilon: cornerOr([1e-7, 1e-1], () => between(1e-7, 1e-1)),
    varianceCorrection: pick(["biased", "unbiased"]),
    seed: 1 + rng.integer(20),
    hidden: drawWidths(size, rng),
    ...CORNERS[index % CORNERS.length],
    ...fixed,
  };
  if (size === "small") {
    // 600 digits in batches of 64 make enough steps for every check. A larger batch is all the digits there are.
    if (settings.batchSize <= 600) return { rows: { train: 600, test: 100 }, settings };
    const epochs = Math.min(settings.epochs, 3);
    return { rows: { train: settings.batchSize, test: 100 }, settings: { ...settings, epochs } };
  }
  const fewest = size === "mixed" ? whole(400, MOST_ROWS) : MOST_ROWS;
  const train = settings.batchSize > fewest ? MOST_ROWS : fewest;
  return { rows: { train, test: Math.round(train / 4) }, settings };
}

function drawWidths(size: Size, rng: Random): number[] {
  if (size === "full") return [...defaults.hidden];
  const widest = size === "small" ? 12 : 128;
  return Array.from({ length: 1 + rng.integer(3) }, () => Math.round(widest ** rng.uniform()));
}

const digits = loadDigits(1);

/** The digits of a configuration: each seed has others of one split. */
export function digitsOf({ rows, settings }: Configuration): Digits {
  const some = (part: Digits["train"], count: number): Digits["train"] => {
    const start = Math.min(100 * (settings.seed - 1), part.labels.data.length - count);
    return sliceDigits(part, start, start + count);
  };
  return { train: some(digits.train, rows.train), test: some(digits.test, rows.test) };
}
