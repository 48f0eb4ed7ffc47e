import { Random } from "@handgrad/tensor";
import { batches, type Examples, evaluate, fit, NonFiniteLossError, SGD } from "@handgrad/training";
import type { Digits } from "../run/digits.js";
import type { Point } from "../run/point.js";
import { PERCENTILES, percentile } from "../run/training-watch.js";
import { buildPaperNetwork } from "./network.js";
import { BATCH_SIZE, type PaperSettings } from "./settings.js";

/** What decides one run. */
export type RunSettings = Pick<PaperSettings, "steps" | "learningRate" | "weightScale" | "seed">;

/** What one network leaves behind. */
export interface PaperRun {
  /** "no-batch-norm" or "batch-norm". */
  readonly name: string;
  /** Share of the test digits that is recognised, in eval mode, from step 0 on. */
  readonly testAccuracy: readonly Point[];
  /** Share of the training digits at the end, in eval mode; null where nobody asked, or the run broke down. */
  readonly trainAccuracy: number | null;
  /** Of the last hidden layer's watched sigmoid, in the order of {@link PERCENTILES}. */
  readonly percentiles: readonly (readonly Point[])[];
  /** First step whose loss is not finite; the curves end before it. */
  readonly brokeDownAt: number | null;
}

export interface Watching {
  /** After which steps, 0 included, the test digits are classified. */
  readonly isEvaluated: (step: number) => boolean;
  readonly isWatched: (step: number) => boolean;
  readonly evaluatesTraining: boolean;
  readonly onStep: (step: number) => void;
}

/** Trains one network by plain SGD. Both networks of the same settings get the same batches. */
export async function paperRun(
  batchNorm: boolean,
  { train, test }: Digits,
  settings: RunSettings,
  { isEvaluated, isWatched, evaluatesTraining, onStep }: Watching,
): Promise<PaperRun> {
  const { steps, learningRate, seed } = settings;
  const { model, watched } = buildPaperNetwork(train.inputs.shape[1], settings, batchNorm);
  const testAccuracy: Point[] = [];
  const percentiles: Point[][] = PERCENTILES.map(() => []);
  const evaluateAt = async (step: number) => {
    testAccuracy.push([step, (await evaluate(model, test)).accuracy]);
  };
  let brokeDownAt: number | null = null;
  if (isEvaluated(0)) await evaluateAt(0);
  try {
    await fit(model, endlessly(train, seed, steps), {
      epochs: 1,
      optimizer: new SGD(model.parameters(), { learningRate }),
      onStep: async ({ step }) => {
        onStep(step);
        if (isWatched(step)) {
          const { sorted } = watched;
          PERCENTILES.forEach((p, k) => {
            percentiles[k].push([step, percentile(sorted, p)]);
          });
        }
        if (isEvaluated(step)) await evaluateAt(step);
      },
    });
  } catch (error) {
    if (!(error instanceof NonFiniteLossError)) throw error;
    brokeDownAt = error.step;
  }
  const isAsked = evaluatesTraining && brokeDownAt === null;
  const trainAccuracy = isAsked ? (await evaluate(model, train)).accuracy : null;
  const name = batchNorm ? "batch-norm" : "no-batch-norm";
  return { name, testAccuracy, trainAccuracy, percentiles, brokeDownAt };
}

/** So many batches of the paper's size, shuffled anew at each pass over the digits. */
function* endlessly(train: Digits["train"], seed: number, steps: number): Generator<Examples<number>> {
  const passes = batches(train, { batchSize: BATCH_SIZE, rng: new Random(seed + 1), dropLast: true });
  for (let step = 0; step < steps; ) {
    for (const batch of passes) {
      if (step++ === steps) return;
      yield batch;
    }
  }
}
