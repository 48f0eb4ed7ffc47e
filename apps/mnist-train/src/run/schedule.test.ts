import { describe, expect, it } from "vitest";
import { scheduleOf } from "./schedule.js";
import { defaults } from "./settings.js";

const schedule = (rows: number, epochs: number, batchSize: number) =>
  scheduleOf(rows, { ...defaults, epochs, batchSize });
/** The steps of a run at which something happens. */
const stepsWhere = (happens: (step: number) => boolean, totalSteps: number): number[] =>
  Array.from({ length: totalSteps }, (_, i) => i + 1).filter(happens);

describe("a last batch of one row", () => {
  it.each([
    [8000, 128, false, 63],
    [8001, 128, false, 63],
    [8001, 100, true, 80],
    [101, 100, true, 1],
    [100, 100, false, 1],
    [3, 2, true, 1],
    [2, 2, false, 1],
  ])("%d rows by %d: left out %j, %d steps an epoch", (rows, batchSize, dropLast, stepsPerEpoch) => {
    expect(schedule(rows, 3, batchSize)).toMatchObject({
      dropLast,
      stepsPerEpoch,
      totalSteps: 3 * stepsPerEpoch,
    });
  });
});

describe("evaluations", () => {
  it.each([
    { rows: 8000, epochs: 5, batchSize: 128, count: 10 },
    { rows: 8000, epochs: 1, batchSize: 128, count: 10 },
    { rows: 8000, epochs: 20, batchSize: 128, count: 20 },
    { rows: 90, epochs: 1, batchSize: 10, count: 9 },
    { rows: 130, epochs: 1, batchSize: 10, count: 10 },
    { rows: 10, epochs: 1, batchSize: 10, count: 1 },
    { rows: 30, epochs: 17, batchSize: 10, count: 17 },
  ])("$rows rows, $epochs epochs by $batchSize: $count, evenly spread, the last at the end", (run) => {
    const { totalSteps, isEvaluated } = schedule(run.rows, run.epochs, run.batchSize);
    const steps = stepsWhere(isEvaluated, totalSteps);
    const even = Array.from({ length: run.count }, (_, i) => Math.round(((i + 1) * totalSteps) / run.count));
    expect(steps).toEqual(even);
  });

  it("costs no memory for a billion epochs", () => {
    const { isEvaluated } = schedule(8000, 1e9, 128);
    expect(stepsWhere(isEvaluated, 200)).toEqual([63, 126, 189]);
  });
});

it("ends ten windows an epoch, the last with the epoch", () => {
  const { endsWindow } = schedule(8000, 2, 128);
  const first = [7, 14, 21, 28, 35, 42, 49, 56, 63];
  expect(stepsWhere(endsWindow, 126)).toEqual([...first, ...first.map((step) => step + 63)]);
  expect(stepsWhere(schedule(30, 2, 10).endsWindow, 6)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(stepsWhere(schedule(110, 1, 10).endsWindow, 11)).toEqual([2, 4, 6, 8, 10, 11]);
});
