import { requireDataset } from "@handgrad/datasets";
import { CLASSES } from "laboratory";
import { BadInput } from "terminal";
import type { Digits } from "../run/digits.js";
import { binaryDigits } from "./binary-digits.js";
import { type PaperRun, paperRun } from "./paper-run.js";
import { BATCH_SIZE, type PaperSettings } from "./settings.js";

/** Of the grid: what the paper leaves open, a factor of about three apart around what is usual. */
export const GRID_LEARNING_RATES = [0.03, 0.1, 0.3, 1, 3] as const;
export const GRID_WEIGHT_SCALES = [0.03, 0.1, 0.3] as const;

/** At which the published reproduction gives numbers. */
export const COMPARED_STEPS = [200, 1000] as const;
/** Points along each curve, about. */
const EVALUATIONS = 50;
const WATCHED = 100;

/** One short run of each network. */
export interface GridCell {
  readonly weightScale: number;
  readonly learningRate: number;
  /** On test digits at the end; null where the run broke down. */
  readonly accuracies: readonly [withoutBatchNorm: number | null, withBatchNorm: number | null];
}

/** The paper's figure 1, and what it would be with other numbers where the paper gives none. */
export interface PaperFigure {
  readonly runs: readonly [withoutBatchNorm: PaperRun, withBatchNorm: PaperRun];
  /** Row by row: weight scales, and within each the learning rates. */
  readonly grid: readonly GridCell[];
  /** Digits to train on, and to test on. */
  readonly rows: { readonly train: number; readonly test: number };
}

export interface PaperProgress {
  readonly run: string;
  readonly step: number;
  readonly steps: number;
  /** Of all runs together, grid included. */
  readonly done: number;
  readonly total: number;
}

/**
 * Trains both networks, from the same weights on the same batches, and then the grid.
 * @throws BadInput for fewer digits to train on than a batch has;
 *   RangeError for digits with a pixel that is no finite number or a label that is no class; it names the row.
 */
export async function paperFigure(
  digits: Digits,
  settings: PaperSettings,
  onProgress: (progress: PaperProgress) => void = () => {},
): Promise<PaperFigure> {
  requireDataset("training digits", digits.train, CLASSES);
  requireDataset("test digits", digits.test, CLASSES);
  const rows = digits.train.labels.data.length;
  if (rows < BATCH_SIZE) {
    throw new BadInput(`--data must hold at least ${BATCH_SIZE} digits to train on, got ${rows}`);
  }
  const binary = binaryDigits(digits);
  const { steps, gridSteps } = settings;
  const open = gridSteps === 0 ? [] : gridSettings();
  const total = 2 * (steps + open.length * gridSteps);
  let done = 0;
  const counting = (run: string, steps: number) => (step: number) => {
    done++;
    onProgress({ run, step, steps, done, total });
  };

  const curve = (batchNorm: boolean, name: string) =>
    paperRun(batchNorm, binary, settings, {
      isEvaluated: pointsAlong(steps, EVALUATIONS, [0, ...COMPARED_STEPS]),
      isWatched: pointsAlong(steps, WATCHED, [1]),
      evaluatesTraining: true,
      onStep: counting(name, steps),
    });
  const runs = [await curve(false, "without batch norm"), await curve(true, "with batch norm")] as const;

  const grid: GridCell[] = [];
  for (const [i, chosen] of open.entries()) {
    const end = async (batchNorm: boolean) => {
      const run = await paperRun(
        batchNorm,
        binary,
        { ...settings, ...chosen, steps: gridSteps },
        {
          isEvaluated: (step) => step === gridSteps,
          isWatched: () => false,
          evaluatesTraining: false,
          onStep: counting(`grid ${2 * i + (batchNorm ? 2 : 1)}/${2 * open.length}`, gridSteps),
        },
      );
      return run.testAccuracy.at(-1)?.[1] ?? null;
    };
    grid.push({ ...chosen, accuracies: [await end(false), await end(true)] });
  }
  return { runs, grid, rows: { train: rows, test: digits.test.labels.data.length } };
}

const gridSettings = (): Pick<PaperSettings, "weightScale" | "learningRate">[] =>
  GRID_WEIGHT_SCALES.flatMap((weightScale) =>
    GRID_LEARNING_RATES.map((learningRate) => ({ weightScale, learningRate })),
  );

/** Whether a step is one of `points` equal parts of the way, its end, or one of `others`. */
export function pointsAlong(
  steps: number,
  points: number,
  others: readonly number[],
): (step: number) => boolean {
  const along = Array.from({ length: points }, (_, i) => Math.round(((i + 1) * steps) / points));
  const all = new Set([...along.filter((step) => step > 0), ...others]);
  return (step) => all.has(step);
}
