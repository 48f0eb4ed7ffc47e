import type { Evidence, LayerEvidence, TrainingRun } from "./evidence.js";
import { DataMoments } from "./moments.js";
import { RunningPairReplay } from "./running-pair-replay.js";
import type { TestBatchNorm } from "./test-batch-norm.js";

/** Seeded numbers: uniform in [0, 1), and standard normal. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 0x9e3779b9) | 0;
  }

  uniform(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let z = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }
}

/** How a stand-in for training feeds a layer: every feature has its own mean and deviation. */
export interface Feed {
  readonly rows: number;
  readonly steps: number;
  readonly seed: number;
  /** Means are drawn from ±offset. */
  readonly offset: number;
  /** Deviations are drawn from sigma/2 to 3·sigma/2. */
  readonly sigma: number;
}

export const FEED: Feed = { rows: 32, steps: 100, seed: 1, offset: 3, sigma: 2 };

/** The evidence of a test batch norm, which can be looked into. */
export type TestLayer = LayerEvidence & { readonly subject: TestBatchNorm };

/** Feeds a layer batch after batch, with a moving γ and β and an eval pass now and then, as training would. */
export function train(subject: TestBatchNorm, feed: Feed = FEED): TestLayer {
  const { features, precision, declared } = subject;
  const { rows, steps, offset, sigma } = feed;
  const random = new Random(feed.seed);
  const mean = Array.from({ length: features }, () => offset * (2 * random.uniform() - 1));
  const deviation = Array.from({ length: features }, () => sigma * (0.5 + random.uniform()));
  const replay = new RunningPairReplay(features, declared);
  const data = new DataMoments(features);
  const numbers = (length: number, next: (i: number) => number) => {
    const values = Float64Array.from({ length }, (_, i) => next(i));
    return precision === "float32" ? Float32Array.from(values) : values;
  };
  const moved = (values: ArrayLike<number>) => numbers(features, (c) => values[c] + 0.1 * random.normal());
  let x = numbers(0, () => 0);
  for (let step = 1; step <= steps; step++) {
    x = numbers(rows * features, (i) => mean[i % features] + deviation[i % features] * random.normal());
    replay.observe(x, rows);
    data.observe(x, rows);
    subject.forward(x, rows, "train");
    const dy = numbers(rows * features, () => random.normal());
    subject.backward(dy, rows);
    const { gamma, beta } = subject.read();
    subject.write({ gamma: moved(gamma), beta: moved(beta) });
    if (step % 10 === 0) subject.forward(x, rows, "eval");
  }
  return { name: "layer 1 (BatchNorm)", subject, declared, replay, batch: { x, rows }, data };
}

/** A run whose losses fall geometrically from 2.3 to the given ends. */
export function run(
  ends: { train: number; evalTrain: number },
  steps = FEED.steps,
  batchSize = 128,
): TrainingRun {
  const count = Math.min(steps, 20);
  const points = Array.from({ length: count }, (_, i) => Math.round(((i + 1) * steps) / count));
  const falling = (end: number) => points.map((step) => [step, 2.3 * (end / 2.3) ** (step / steps)] as const);
  return {
    steps,
    batchSize,
    curves: {
      trainLoss: falling(ends.train),
      evalTrainLoss: falling(ends.evalTrain),
      testLoss: [[steps, ends.evalTrain + 0.1]],
      testAccuracy: [[steps, 0.94]],
    },
  };
}

/** What the default job measured, in batch-norm.md: the ends of a correct run, and of the run without batch norm. */
export const CORRECT_ENDS = { train: 0.113, evalTrain: 0.079 };
const BASELINE_ENDS = { train: 0.24, evalTrain: 0.207 };

export function evidenceOf(layers: readonly LayerEvidence[], ends = CORRECT_ENDS): Evidence {
  const steps = layers[0].replay.batches;
  return { layers, batchNormRun: run(ends, steps), baselineRun: run(BASELINE_ENDS, steps) };
}
