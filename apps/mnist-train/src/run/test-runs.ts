import type { Point } from "./point.js";
import type { Run } from "./train-run.js";

type Curves = Readonly<Record<string, Point[]>>;

const STEPS = 100;

/** A curve that falls geometrically over the steps of a test run, from step 0 on. */
export const falling = (from: number, to: number, points = 10): Point[] =>
  Array.from({ length: points + 1 }, (_, i) => [(STEPS * i) / points, from * (to / from) ** (i / points)]);

/** A run as training leaves it, for tests of what shows it to people. */
export function testRun(name: string, curves: Curves = {}, steps = STEPS): Run {
  return {
    name,
    steps,
    batchSize: 128,
    seconds: 4,
    firstNonFinite: undefined,
    curves: {
      trainLoss: falling(2, 0.2, 20).slice(1),
      evalTrainLoss: falling(2.4, 0.15),
      testLoss: falling(2.5, 0.3),
      testAccuracy: falling(0.1, 0.92),
      ...curves,
    },
  };
}

/** Curves of runs that went wrong or had nothing to show, each of which has to be drawn all the same. */
export const oddCurves: Readonly<Record<string, Curves>> = {
  "no point at all": { trainLoss: [], evalTrainLoss: [], testLoss: [] },
  "one point each": { trainLoss: [[100, 2]], evalTrainLoss: [[100, 3]], testLoss: [[100, 4]] },
  "the same number everywhere": {
    trainLoss: falling(2.3, 2.3),
    evalTrainLoss: falling(2.3, 2.3),
    testLoss: falling(2.3, 2.3),
  },
  "NaN from the first step on": {
    trainLoss: [[1, Number.NaN]],
    evalTrainLoss: [[1, Number.NaN]],
    testLoss: [[1, Number.NaN]],
  },
  "NaN and infinity in between": {
    trainLoss: [
      [10, 2],
      [20, Number.NaN],
      [30, Number.POSITIVE_INFINITY],
      [100, 1],
    ],
  },
  "zero at the end, which has no logarithm": { trainLoss: [...falling(2, 0.5).slice(0, -1), [100, 0]] },
  "the smallest and the greatest loss there is": { trainLoss: falling(1e-300, 1e300) },
};
