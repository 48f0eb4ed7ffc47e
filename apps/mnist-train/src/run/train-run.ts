import type { Curve, TrainingRun } from "@handgrad/bn-doctor";
import { Random } from "@handgrad/tensor";
import { batches, type Callback, type Checkpoint, fit, NonFiniteLossError } from "@handgrad/training";
import { buildNetwork, type Candidate, type Network, optimizerOf, type ReplayState } from "laboratory";
import type { Digits } from "./digits.js";
import { learningRatesOf } from "./learning-rates.js";
import { locateNonFiniteEval, measureEval, measureRunningPair } from "./measure.js";
import type { Point } from "./point.js";
import { scheduleOf } from "./schedule.js";
import type { Settings } from "./settings.js";
import type { TrainingWatch } from "./training-watch.js";

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

/** What keeps a run from being lost. */
export interface Keeping {
  /** Ends the run after the step at hand. */
  readonly signal: AbortSignal;
  /** Goes on from there. */
  readonly resume?: Checkpoint;
  /** Steps between checkpoints; every run gives one in its end, too. Without it there are none. */
  readonly every?: number;
  readonly onCheckpoint?: (checkpoint: Checkpoint) => void;
  /** Told the points that the run begins with, and then every one, step by step. */
  readonly onPoints?: (run: string, curves: Run["curves"], step: number | "all") => void;
}

/** A run's own state in a checkpoint, beside the network's and the optimiser's. */
interface Saved {
  readonly curves: Readonly<Record<string, Point[]>>;
  readonly window: Mean;
  readonly samples: number;
  readonly milliseconds: number;
  readonly plateau: unknown;
  readonly watched: ReturnType<TrainingWatch["save"]> | null;
  readonly replays: readonly ReplayState[];
}

interface Mean {
  readonly loss: number;
  readonly rows: number;
}

/** Trains the network with the candidate as its batch norm, or without any, and records its curves. A watch changes no bit. */
export async function trainRun(
  candidate: Candidate | null,
  digits: Digits,
  settings: Settings,
  onProgress: (progress: Progress) => void,
  watch?: TrainingWatch,
  keeping?: Keeping,
): Promise<{ readonly run: Run; readonly network: Network; readonly interrupted: boolean }> {
  const name = candidate?.name ?? "no-batch-norm";
  const network = buildNetwork(digits.train.inputs.shape[1], settings, candidate);
  const { model } = network;
  const { epochs, batchSize, seed } = settings;
  const { dropLast, totalSteps, endsWindow, isEvaluated } = scheduleOf(
    digits.train.labels.data.length,
    settings,
  );
  const optimizer = optimizerOf(settings, model.parameters());
  const { schedule, plateau } = learningRatesOf(settings, optimizer, totalSteps);
  const curves: Record<"trainLoss" | "evalTrainLoss" | "testLoss" | "testAccuracy", Point[]> &
    Record<string, Point[]> = {
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

  const { resume, every = Number.POSITIVE_INFINITY } = keeping ?? {};
  const tell = (step: number | "all") => keeping?.onPoints?.(name, curves, step);
  let stepsDone = resume?.step ?? 0;
  let window: Mean = { loss: 0, rows: 0 };
  let samples = 0;
  let milliseconds = 0;
  let firstNonFinite: TrainingRun["firstNonFinite"];
  let interrupted = false;
  let resumed = 0;
  const keep = (checkpoint: () => Checkpoint) => {
    if (every < Number.POSITIVE_INFINITY) keeping?.onCheckpoint?.(checkpoint());
  };
  const course: Callback = {
    onStep: async ({ step, epoch, loss, rows }, { checkpoint }) => {
      milliseconds += performance.now() - resumed;
      stepsDone = step;
      samples += rows;
      window = { loss: window.loss + loss * rows, rows: window.rows + rows };
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
      tell(step);
      if (step % every === 0) keep(checkpoint);
      resumed = performance.now();
    },
    onEpoch: ({ loss }) => {
      plateau?.step(loss);
    },
    onEnd: ({ stopped }, { checkpoint }) => {
      interrupted = stopped !== undefined;
      keep(checkpoint);
    },
    save: (): Saved => ({
      curves: copied(curves),
      window,
      samples,
      milliseconds,
      plateau: plateau ? { ...plateau.state } : null,
      watched: watch?.save() ?? null,
      replays: network.batchNorms.map(({ layer }) => layer.saveReplay()),
    }),
    restore: (saved: Saved) => {
      Object.assign(curves, copied(saved.curves));
      ({ window, samples, milliseconds } = saved);
      if (plateau) Object.assign(plateau.state, saved.plateau);
      if (saved.watched) watch?.restore(network, saved.watched);
      for (const [i, { layer }] of network.batchNorms.entries()) layer.restoreReplay(saved.replays[i]);
      tell("all");
    },
  };
  try {
    if (!resume) {
      await evaluateAt(0);
      tell("all");
    }
    resumed = performance.now();
    await fit(model, batches(digits.train, { batchSize, rng: new Random(seed + 1), dropLast }), {
      epochs,
      optimizer,
      ...(schedule && { schedule }),
      callbacks: [course],
      ...(keeping && { signal: keeping.signal }),
      ...(resume && { resume }),
    });
  } catch (error) {
    if (!(error instanceof NonFiniteLossError)) throw error;
    const { step, where, loss } = error;
    if (step > stepsDone) record(step, { trainLoss: loss });
    stepsDone = step;
    firstNonFinite = { step, where };
    tell(step);
  }
  const run = { name, steps: stepsDone, batchSize, curves, seconds: milliseconds / 1000, firstNonFinite };
  return { run, network, interrupted };
}

const copied = (curves: Readonly<Record<string, Point[]>>): Record<string, Point[]> =>
  Object.fromEntries(Object.entries(curves).map(([curve, points]) => [curve, [...points]]));
