import { BadInput } from "terminal";
import { expect, it } from "vitest";
import { binaryDigits } from "./binary-digits.js";
import { type PaperProgress, paperFigure, pointsAlong } from "./paper-figure.js";
import { paperDefaults } from "./settings.js";
import { fewPixels } from "./test-pixels.js";

const digits = fewPixels();
const short = { ...paperDefaults, steps: 12, gridSteps: 1, learningRate: 1 };

it("gives the same bits twice, and others with another seed", async () => {
  const curves = { ...short, gridSteps: 0 };
  const [first, second, other] = [
    await paperFigure(digits, curves),
    await paperFigure(digits, curves),
    await paperFigure(digits, { ...curves, seed: 2 }),
  ];
  expect(second).toEqual(first);
  expect(other.runs[0].percentiles).not.toEqual(first.runs[0].percentiles);
});

it("follows every run to its end, and counts the steps of all", async () => {
  const seen: PaperProgress[] = [];
  const { runs, grid } = await paperFigure(digits, short, (progress) => seen.push(progress));
  for (const { testAccuracy, trainAccuracy, percentiles, brokeDownAt } of runs) {
    expect(testAccuracy.map(([step]) => step)).toEqual([...Array(13).keys()]);
    for (const curve of percentiles)
      expect(curve.map(([step]) => step)).toEqual([...Array(13).keys()].slice(1));
    expect(brokeDownAt).toBeNull();
    expect(trainAccuracy).toBeGreaterThan(0);
  }
  expect(grid).toHaveLength(15);
  expect(grid.slice(4, 6).map(({ weightScale, learningRate }) => [weightScale, learningRate])).toEqual([
    [0.03, 3],
    [0.1, 0.03],
  ]);
  expect(seen).toHaveLength(2 * 12 + 2 * 15);
  expect(seen.at(-1)).toEqual({ run: "grid 30/30", step: 1, steps: 1, done: 54, total: 54 });
});

it("the grid is what single runs of its settings give", async () => {
  const { grid } = await paperFigure(digits, { ...short, gridSteps: 5 });
  const { weightScale, learningRate, accuracies } = grid[14];
  const alone = await paperFigure(digits, { ...short, weightScale, learningRate, steps: 5, gridSteps: 0 });
  expect(alone.grid).toEqual([]);
  expect(accuracies).toEqual(alone.runs.map(({ testAccuracy }) => testAccuracy.at(-1)?.[1]));
});

it("a run that breaks down ends its curves there", async () => {
  const { runs } = await paperFigure(digits, { ...short, learningRate: 1e38, gridSteps: 0 });
  for (const { brokeDownAt, testAccuracy, trainAccuracy } of runs) {
    expect(trainAccuracy).toBeNull();
    expect(brokeDownAt).toBeGreaterThan(1);
    expect(testAccuracy.at(-1)?.[0]).toBe((brokeDownAt ?? 0) - 1);
  }
});

it("wants at least one full batch", async () => {
  await expect(paperFigure(fewPixels(59), short)).rejects.toThrow(
    new BadInput("--data must hold at least 60 digits to train on, got 59"),
  );
  const { runs } = await paperFigure(fewPixels(60), { ...short, steps: 2, gridSteps: 0 });
  expect(runs[1].testAccuracy).toHaveLength(3);
});

it("pixels are 0 or 1, from the middle of the scale on", () => {
  const { train, test } = binaryDigits(digits);
  expect([...train.inputs.data]).toEqual([...digits.train.inputs.data].map((pixel) => (pixel < 0.5 ? 0 : 1)));
  expect(new Set(test.inputs.data)).toEqual(new Set([0, 1]));
  expect(train.labels).toBe(digits.train.labels);
});

it.each([
  [100, 4, [0], [0, 25, 50, 75, 100]],
  [3, 50, [0, 200], [0, 1, 2, 3]],
  [1, 4, [1], [1]],
])("points along %i steps in %i parts", (steps, points, others, expected) => {
  const isPoint = pointsAlong(steps, points, others);
  expect([...Array(steps + 1).keys()].filter(isPoint)).toEqual(expected);
});
