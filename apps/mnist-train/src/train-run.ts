import type { Curve, TrainingRun } from "@handgrad/bn-doctor";
import { Random } from "@handgrad/tensor";
import { batches, fit, NonFiniteLossError } from "@handgrad/training";
import { buildNetwork, type Candidate, type Network, optimizerOf } from "laboratory";
import type { Digits } from "./digits.js";
import { learningRatesOf } from "./learning-rates.js";
import { locateNonFiniteEval, measureEval, measureRunningPair } from "./measure.js";
import { scheduleOf } from "./schedule.js";
import type { Settings } from "./settings.js";
import type { TrainingWatch } from "./training-watch.js";

export type Point = [step: number, value: number];

/** What one training run leaves behind, for the report and for the judge. */
export interface Run extends TrainingRun {
  readonly name: string;
  /** Curves of evaluations start at step 0, before the first update. A loss that is not finite ends its curve. */
  readonly curves: TrainingRun["curves"] & Readonly<Record<string, Curve>>;
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

/** Trains the network with the candidate as its batch norm, or without any, and records its curves. A watch changes no bit. */
export async function trainRun(
  candidate: Candidate | null,
  digits: Digits,
  settings: Settings,
  onProgress: (progress: Progress) => void,
  watch?: TrainingWatch,
): Promise<{ readonly run: Run; readonly network: Network }> {
  const name = candidate?.name ?? "no-batch-norm";
  const network = buildNetwork(digits.train.inputs.shape[1], settings, candidate);
  const { model } = network;
  const { epochs, batchSize, seed } = settings;
  const { dropLast, totalSteps, endsWindow, isEvaluated } = scheduleOf(
    digits.train.labels.data.length,
    settings,
  );
  const optimizer = optimizerOf(settings, model.parameters());
  const { schedule, afterEpoch } = learningRatesOf(settings, optimizer, totalSteps);
  const curves: Run["curves"] & Record<string, Point[]> = {
    trainLoss: [],
    evalTrainLoss: [],
    testLoss: [],
    testAccuracy: [],
  };
  const record = (step: number, values: Readonly<Record<string, number>>) => {
    for (const [curve, value] of Object.entries(values)) {
      curves[curve] ??= [];
      curves[curve].push([step, value]);
    }
  };
  const evaluateAt = async (step: number) => {
    const values = await measureEval(network, digits);
    record(step, values);
    if (Number.isFinite(values.evalTrainLoss)) return;
    const where = locateNonFiniteEval(model, digits.train);
    if (where !== undefined) throw new NonFiniteLossError(values.evalTrainLoss, step, where);
  };

  let stepsDone = 0;
  let window = { loss: 0, rows: 0 };
  let ofEpoch = { loss: 0, rows: 0 };
  let samples = 0;
  let milliseconds = 0;
  let firstNonFinite: TrainingRun["firstNonFinite"];
  try {
    await evaluateAt(0);
    let resumed = performance.now();
    await fit(model, batches(digits.train, { batchSize, rng: new Random(seed + 1), dropLast }), {
      epochs,
      optimizer,
      ...(schedule && { schedule }),
      onStep: async ({ step, epoch, loss, rows }) => {
        milliseconds += performance.now() - resumed;
        stepsDone = step;
        samples += rows;
        window = { loss: window.loss + loss * rows, rows: window.rows + rows };
        ofEpoch = { loss: ofEpoch.loss + loss * rows, rows: ofEpoch.rows + rows };
        if (endsWindow(step)) {
          record(step, { trainLoss: window.loss / window.rows });
          window = { loss: 0, rows: 0 };
        }
        const samplesPerSecond = (1000 * samples) / milliseconds;
        onProgress({ run: name, step, totalSteps, epoch, epochs, loss, samplesPerSecond });
        watch?.observe(network, step, totalSteps);
        if (isEvaluated(step)) {
          record(step, measureRunningPair(network, settings, step));
          await evaluateAt(step);
        }
        resumed = performance.now();
      },
      onEpoch: () => {
        afterEpoch?.(ofEpoch.loss / ofEpoch.rows);
        ofEpoch = { loss: 0, rows: 0 };
      },
    });
  } catch (error) {
    if (!(error instanceof NonFiniteLossError)) throw error;
    const { step, where, loss } = error;
    if (step > stepsDone) record(step, { trainLoss: loss });
    stepsDone = step;
    firstNonFinite = { step, where };
  }
  const run = { name, steps: stepsDone, batchSize, curves, seconds: milliseconds / 1000, firstNonFinite };
  return { run, network };
}
