import { GRID_LEARNING_RATES, GRID_WEIGHT_SCALES, type GridCell, type PaperFigure } from "./paper-figure.js";
import type { PaperRun } from "./paper-run.js";

export const plainRun: PaperRun = {
  name: "no-batch-norm",
  testAccuracy: [
    [0, 0.1],
    [200, 0.115],
    [1000, 0.8],
    [2000, 0.91],
  ],
  percentiles: [
    [
      [1, 0.9],
      [2000, -1],
    ],
    [
      [1, 1],
      [2000, -0.5],
    ],
    [
      [1, 1.1],
      [2000, 1],
    ],
  ],
  trainAccuracy: 0.95,
  brokeDownAt: null,
};

export const normalizedRun: PaperRun = {
  name: "batch-norm",
  testAccuracy: [
    [0, 0.1],
    [200, 0.85],
    [1000, 0.9],
    [2000, 0.925],
  ],
  percentiles: [
    [
      [1, -1],
      [2000, -1.5],
    ],
    [
      [1, 0],
      [2000, 0.25],
    ],
    [
      [1, 1],
      [2000, 1.5],
    ],
  ],
  trainAccuracy: 0.95,
  brokeDownAt: null,
};

/** Broke down at its first step. */
export const brokenRun: PaperRun = {
  name: "batch-norm",
  testAccuracy: [[0, 0.1]],
  percentiles: [[], [], []],
  trainAccuracy: null,
  brokeDownAt: 1,
};

const grid = GRID_WEIGHT_SCALES.flatMap((weightScale, i) =>
  GRID_LEARNING_RATES.map(
    (learningRate, j): GridCell => ({
      weightScale,
      learningRate,
      accuracies: [j === 4 ? null : (i + j) / 10, 0.5 + j / 100],
    }),
  ),
);

/** As it comes out where all goes well, for tests of what shows it to people. */
export const testFigure: PaperFigure = {
  runs: [plainRun, normalizedRun],
  grid,
  rows: { train: 8000, test: 2000 },
};
