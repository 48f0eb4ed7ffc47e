import { initializers } from "@handgrad/layers";
import { Random } from "@handgrad/tensor";
import { activations, optimizers } from "laboratory";
import { type Digits, sliceDigits } from "./digits.js";
import { schedules } from "./learning-rates.js";
import { defaults, type Settings } from "./settings.js";
import { digits } from "./test-digits.js";

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

/** The training of the default job, for which every check must be able to tell. */
export const PLAIN = {
  optimizer: "sgd",
  schedule: "constant",
  weightDecay: 0,
  activation: "relu",
  init: "heNormal",
} as const satisfies Partial<Settings>;

const namesOf = <Name extends string>(choices: Readonly<Record<Name, unknown>>) =>
  Object.keys(choices) as Name[];

/** A configuration of the grid, every second one with the default job's training; the same index and size give the same one. */
export function drawConfiguration(index: number, size: Size, fixed: Partial<Settings> = {}): Configuration {
  const rng = new Random(1000 + index);
  const pick = <T>(items: readonly T[]): T => items[rng.integer(items.length)];
  const between = (least: number, most: number) => logUniform(rng, least, most);
  const cornerOr = <T>(corners: readonly T[], inside: () => T): T =>
    rng.uniform() < 1 / 3 ? pick(corners) : inside();

  const drawn: Settings = {
    ...defaults,
    epochs: 1 + rng.integer(10),
    batchSize: cornerOr([2, MOST_ROWS], () => Math.round(between(2, MOST_ROWS))),
    learningRate: cornerOr([0.01, 1], () => between(0.01, 1)),
    decay: cornerOr<Settings["decay"]>([0, 0.999, "cumulative"], () => 1 - between(0.001, 1)),
    epsilon: cornerOr([1e-7, 1e-1], () => between(1e-7, 1e-1)),
    varianceCorrection: pick(["biased", "unbiased"]),
    seed: 1 + rng.integer(20),
    hidden: drawWidths(size, rng),
    optimizer: pick(namesOf(optimizers)),
    schedule: pick(namesOf(schedules)),
    weightDecay: cornerOr([0, 0.1], () => between(1e-5, 0.1)),
    activation: pick(namesOf(activations)),
    init: pick(namesOf(initializers)),
    ...CORNERS[index % CORNERS.length],
    ...(index % 2 === 1 && PLAIN),
    ...fixed,
  };
  return sized(size, rng, { ...drawn, learningRate: fitting(drawn) });
}

const logUniform = (rng: Random, least: number, most: number) => least * (most / least) ** rng.uniform();

/** Between a tenth and ten times what the optimiser has by default, as the grid is for SGD. */
const fitting = ({ optimizer, learningRate }: Settings): number =>
  learningRate * (optimizers[optimizer].learningRate / optimizers.sgd.learningRate);

function sized(size: Size, rng: Random, settings: Settings): Configuration {
  if (size === "small") {
    // 600 digits in batches of 64 make enough steps for every check. A larger batch is all the digits there are.
    if (settings.batchSize <= 600) return { rows: { train: 600, test: 100 }, settings };
    const epochs = Math.min(settings.epochs, 3);
    return { rows: { train: settings.batchSize, test: 100 }, settings: { ...settings, epochs } };
  }
  const fewest = size === "mixed" ? Math.round(logUniform(rng, 400, MOST_ROWS)) : MOST_ROWS;
  const train = settings.batchSize > fewest ? MOST_ROWS : fewest;
  return { rows: { train, test: Math.round(train / 4) }, settings };
}

function drawWidths(size: Size, rng: Random): number[] {
  if (size === "full") return [...defaults.hidden];
  const widest = size === "small" ? 12 : 128;
  return Array.from({ length: 1 + rng.integer(3) }, () => Math.round(widest ** rng.uniform()));
}

/** The digits of a configuration: each seed has others of one split. */
export function digitsOf({ rows, settings }: Configuration): Digits {
  const some = (part: Digits["train"], count: number): Digits["train"] => {
    const start = Math.min(100 * (settings.seed - 1), part.labels.data.length - count);
    return sliceDigits(part, start, start + count);
  };
  return { train: some(digits.train, rows.train), test: some(digits.test, rows.test) };
}
