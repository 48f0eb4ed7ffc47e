import type { Point } from "../run/point.js";
import { COMPARED_STEPS, type GridCell } from "./paper-figure.js";
import type { PaperRun } from "./paper-run.js";

/** An accuracy that a network of this kind gets to sooner or later. */
export const LEVEL = 0.9;

/** Rounded to a tenth of a percent, as it is shown: what reads 90.0 % is there. */
const isThere = (accuracy: number): boolean => Math.round(1000 * accuracy) >= 1000 * LEVEL;

/** Of an accuracy measured on so many digits, as an accuracy: p(1 − p)/rows is its variance. */
export const standardError = (accuracy: number, rows: number): number =>
  Math.sqrt((accuracy * (1 - accuracy)) / rows);

/**
 * A published repetition: 10,000 training images, three hidden layers of 100 sigmoid units, batches of 50, and a
 * learning rate of its own for each network.
 */
export const PUBLISHED = [
  { name: "published, without batch norm", at: [0.117, 0.893], end: 0.945 },
  { name: "published, with batch norm", at: [0.896, 0.945], end: 0.952 },
] as const;

/** What figure 1 shows of one network, in numbers. NaN where there is no such point. */
export interface Outline {
  readonly name: string;
  /** Accuracy on test digits after {@link COMPARED_STEPS}. */
  readonly at: readonly number[];
  readonly end: number;
  /** Accuracy on training digits at the end. */
  readonly endTrain: number;
  /** First measured step with {@link LEVEL}. */
  readonly levelAt: number;
  /** Least and greatest median of what the sigmoid gets, over the training. */
  readonly median: readonly [least: number, greatest: number];
  /** Least and greatest distance of its 85th from its 15th percentile. */
  readonly spread: readonly [least: number, greatest: number];
}

export function outlineOf({
  name,
  testAccuracy,
  trainAccuracy,
  percentiles,
  brokeDownAt,
}: PaperRun): Outline {
  const accuracyAt = (step: number) => testAccuracy.find((point) => point[0] === step)?.[1] ?? Number.NaN;
  const [low, median, high] = percentiles.map(valuesOf);
  return {
    name,
    at: COMPARED_STEPS.map(accuracyAt),
    end: brokeDownAt === null ? (testAccuracy.at(-1)?.[1] ?? Number.NaN) : Number.NaN,
    endTrain: trainAccuracy ?? Number.NaN,
    levelAt: testAccuracy.find(([, accuracy]) => isThere(accuracy))?.[0] ?? Number.NaN,
    median: extent(median),
    spread: extent(high.map((value, i) => value - low[i])),
  };
}

/** One of the things that the paper says about its figure, held against this one. */
export interface Claim {
  readonly text: string;
  /** Null where this run cannot tell. */
  readonly holds: boolean | null;
}

/** @param rows digits on which the accuracies were measured. */
export function claimsOf(
  [without, withBatchNorm]: readonly [Outline, Outline],
  rows: number,
): readonly Claim[] {
  const width = ([least, greatest]: Outline["median"]) => greatest - least;
  const factor = ([least, greatest]: Outline["spread"]) => greatest / least;
  const reached = Number.isFinite(withBatchNorm.levelAt) || Number.isFinite(without.levelAt);
  const steadier = [
    compare(width(withBatchNorm.median), width(without.median)),
    compare(factor(withBatchNorm.spread), factor(without.spread)),
  ];
  return [
    {
      text: "Batch norm helps the network train faster.",
      holds: reached ? orNever(withBatchNorm.levelAt) < orNever(without.levelAt) : null,
    },
    {
      text: "It helps the network achieve higher accuracy.",
      holds: isHigher(withBatchNorm.end, without.end, rows),
    },
    {
      text: "It makes the distribution of what a sigmoid gets more stable.",
      holds: steadier.includes(null) ? null : steadier.every((one) => one),
    },
  ];
}

/** The best cell of the grid for the network without (0) or with (1) batch norm; undefined where all broke down. */
export function bestOf(grid: readonly GridCell[], network: 0 | 1): GridCell | undefined {
  const accuracy = ({ accuracies }: GridCell) => accuracies[network] ?? -1;
  const [best] = [...grid].sort((a, b) => accuracy(b) - accuracy(a));
  return best === undefined || best.accuracies[network] === null ? undefined : best;
}

/** Whether the first accuracy is the higher one; null where chance may have made the difference, or one is no number. */
function isHigher(accuracy: number, other: number, rows: number): boolean | null {
  const chance = 2 * Math.max(standardError(accuracy, rows), standardError(other, rows));
  return Math.abs(accuracy - other) > chance ? accuracy > other : null;
}

/** Whether the first is less; null where one of them is no number. */
const compare = (less: number, more: number): boolean | null =>
  Number.isNaN(less) || Number.isNaN(more) ? null : less < more;

const orNever = (step: number): number => (Number.isNaN(step) ? Number.POSITIVE_INFINITY : step);

const valuesOf = (points: readonly Point[]): number[] => points.map(([, value]) => value);

const extent = (values: readonly number[]): [number, number] =>
  values.length === 0 ? [Number.NaN, Number.NaN] : [Math.min(...values), Math.max(...values)];
