import type { TrainingRun } from "@handgrad/bn-doctor";
import type { Split } from "@handgrad/datasets";
import { Random, type Rows, sliceRows } from "@handgrad/tensor";
import { batches, type Examples, evaluate, fit, NonFiniteLossError, SGD } from "@handgrad/training";
import { buildNetwork, type Network, type PIXELS } from "./model.js";
import { runningPairDistance } from "./running-pair-distance.js";
import type { Settings } from "./settings.js";

export type Digits = Split<typeof PIXELS, "float32">;
export type Point = [step: number, value: number];

/** What one training run leaves behind, for the report and for the judge. */
export interface Run extends TrainingRun {
  readonly name: string;
  readonly curves: TrainingRun["curves"] & Readonly<Record<string, readonly Point[]>>;
  /** Time spent in training steps alone, evaluations not counted. */
  readonly seconds: number;
}

export interface Progress {
  readonly run: string;
  readonly step: number;
  readonly totalSteps: number;
  readonly epoch: number;
  readonly epochs: number;
  readonly loss: number;
  readonly samplesPerSecond: number;
}

/** Points of the training-mode curve per epoch: each is the mean of the steps since the one before. */
const WINDOWS_PER_EPOCH = 10;
/** Evaluations per run, unless there are more epochs. */
const EVALUATIONS = 10;
/** Test digits that are also classified one at a time. */
const SINGLES = 200;

/** Whether the batches leave out a last one of a single row, which has no variance to normalise by. */
export const dropsLastRow = (rows: number, batchSize: number): boolean =>
  rows > batchSize && rows % batchSize === 1;

/** Trains one of the two networks and records its curves. */
export async function trainRun(
  name: string,
  { train, test }: Digits,
  settings: Settings,
  withBatchNorm: boolean,
  onProgress: (progress: Progress) => void,
): Promise<{ readonly run: Run; readonly network: Network }> {
  const network = buildNetwork(settings, withBatchNorm);
  const { model } = network;
  const { epochs, batchSize, learningRate } = settings;
  const rows = train.labels.data.length;
  const dropLast = dropsLastRow(rows, batchSize);
  const stepsPerEpoch = dropLast ? Math.floor(rows / batchSize) : Math.ceil(rows / batchSize);
  const totalSteps = epochs * stepsPerEpoch;
  const evaluations = Math.min(totalSteps, Math.max(epochs, EVALUATIONS));
  const evaluateAt = new Set(
    Array.from({ length: evaluations }, (_, i) => Math.round(((i + 1) * totalSteps) / evaluations)),
  );
  const windowEnd = Math.max(1, Math.ceil(stepsPerEpoch / WINDOWS_PER_EPOCH));
  const singles = firstExamples(test, SINGLES);

  const curves: Record<keyof TrainingRun["curves"] | "testAccuracyOneAtATime", Point[]> &
    Record<string, Point[]> = {
    trainLoss: [],
    evalTrainLoss: [],
    testLoss: [],
    testAccuracy: [],
    testAccuracyOneAtATime: [],
  };
  const record = (curve: string, step: number, value: number) => {
    curves[curve] ??= [];
    curves[curve].push([step, value]);
  };

  let steps = 0;
  let windowLoss = 0;
  let windowRows = 0;
  let samples = 0;
  let milliseconds = 0;
  let resumed = performance.now();
  let firstNonFinite: TrainingRun["firstNonFinite"];
  try {
    await fit(model, batches(train, { batchSize, rng: new Random(settings.seed + 1), dropLast }), {
      epochs,
      optimizer: new SGD(model.parameters(), { learningRate }),
      onStep: async ({ step, epoch, loss, rows: batchRows }) => {
        steps = step;
        milliseconds += performance.now() - resumed;
        samples += batchRows;
        windowLoss += loss * batchRows;
        windowRows += batchRows;
        const stepOfEpoch = step - (epoch - 1) * stepsPerEpoch;
        if (stepOfEpoch % windowEnd === 0 || stepOfEpoch === stepsPerEpoch) {
          record("trainLoss", step, windowLoss / windowRows);
          windowLoss = 0;
          windowRows = 0;
        }
        onProgress({
          run: name,
          step,
          totalSteps,
          epoch,
          epochs,
          loss,
          samplesPerSecond: (1000 * samples) / milliseconds,
        });
        if (evaluateAt.has(step)) {
          const onTrain = await evaluate(model, train);
          const onTest = await evaluate(model, test);
          record("evalTrainLoss", step, onTrain.loss);
          record("testLoss", step, onTest.loss);
          record("testAccuracy", step, onTest.accuracy);
          record("testAccuracyOneAtATime", step, (await evaluate(model, singles, { batchSize: 1 })).accuracy);
          if (withBatchNorm) {
            const { mean, variance } = runningPairDistance(network);
            record("runningMeanDistance", step, mean);
            record("runningVarianceRatio", step, variance);
            if (settings.decay !== "cumulative") record("weightOfInitialPair", step, settings.decay ** step);
          }
        }
        resumed = performance.now();
      },
    });
  } catch (error) {
    if (!(error instanceof NonFiniteLossError)) throw error;
    steps = error.step;
    firstNonFinite = { step: error.step, where: error.where };
  }
  const run = { name, steps, batchSize, curves, seconds: milliseconds / 1000, firstNonFinite };
  return { run, network };
}

function firstExamples({ inputs, labels }: Digits["test"], count: number): Examples<typeof PIXELS> {
  const end = Math.min(count, labels.data.length);
  return { inputs: sliceRows(inputs, 0, end) as Rows<typeof PIXELS>, labels: sliceRows(labels, 0, end) };
}
