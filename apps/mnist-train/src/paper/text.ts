import { titleOf } from "../report/curve-names.js";
import { aligned, fixed, percent } from "../terminal/text.js";
import { bestOf, claimsOf, LEVEL, type Outline, outlineOf, PUBLISHED, standardError } from "./comparison.js";
import { COMPARED_STEPS, GRID_LEARNING_RATES, type GridCell, type PaperFigure } from "./paper-figure.js";
import type { PaperSettings } from "./settings.js";

export const count = (value: number): string =>
  Number.isFinite(value) ? value.toLocaleString("en-US") : "never";

/** "-0.52 to 0.31" */
export const span = ([least, greatest]: readonly [number, number]): string =>
  `${fixed(least, 2)} to ${fixed(greatest, 2)}`;

export const HOLDS = new Map<boolean | null, string>([
  [true, "✓ confirmed"],
  [false, "✗ not here"],
  [null, "? open"],
]);

/** The figure in numbers, for a terminal. */
export function paperText({ runs, grid, rows }: PaperFigure, settings: PaperSettings): string {
  const outlines = [outlineOf(runs[0]), outlineOf(runs[1])] as const;
  const { steps, learningRate, weightScale, gridSteps } = settings;
  const sections = [
    [
      `Accuracy on test digits; ${count(steps)} steps, learning rate ${learningRate}, weight scale ${weightScale}.`,
      `(training: on training digits, at the end; ${100 * LEVEL} % at: the first step that has it)`,
      ...aligned([
        [
          "",
          ...COMPARED_STEPS.map((step) => `step ${count(step)}`),
          "end",
          "training",
          `${100 * LEVEL} % at`,
        ],
        ...outlines.map(accuracyRow),
        ...PUBLISHED.map(({ name, at, end }) => [name, ...at.map(percent), percent(end), "", ""]),
      ]),
      errorText(outlines, rows.test),
    ],
    [
      "What a sigmoid of the last hidden layer gets, over the training.",
      ...aligned([
        ["", "median", "85th − 15th percentile"],
        ...outlines.map((outline) => [titleOf(outline), span(outline.median), span(outline.spread)]),
      ]),
    ],
    [
      "What the paper says of its figure.",
      ...aligned(claimsOf(outlines, rows.test).map(({ text, holds }) => [text, HOLDS.get(holds) ?? ""])),
    ],
    ...(grid.length === 0 ? [] : [gridText(grid, gridSteps)]),
  ];
  return sections.map((lines) => lines.join("\n")).join("\n\n");
}

/** How far chance alone may move the accuracies at the end. */
export function errorText(outlines: readonly Outline[], rows: number): string {
  const errors = outlines.map(({ end }) => standardError(end, rows)).filter(Number.isFinite);
  return `On ${count(rows)} test digits one standard error is ${percent(Math.max(0, ...errors))}.`;
}

const accuracyRow = (outline: Outline): string[] => [
  titleOf(outline),
  ...outline.at.map(percent),
  percent(outline.end),
  percent(outline.endTrain),
  count(outline.levelAt),
];

/** Rows of the grid: the cells of one weight scale. */
export const gridRows = (grid: readonly GridCell[]): (readonly GridCell[])[] =>
  [...new Set(grid.map(({ weightScale }) => weightScale))].map((scale) =>
    grid.filter(({ weightScale }) => weightScale === scale),
  );

function gridText(grid: readonly GridCell[], steps: number): string[] {
  return [
    `Accuracy in % after ${count(steps)} steps, without | with batch norm;`,
    "a row a weight scale, a column a learning rate.",
    ...aligned([
      ["", ...GRID_LEARNING_RATES.map(String)],
      ...gridRows(grid).map((cells) => [
        String(cells[0].weightScale),
        ...cells.map(({ accuracies }) =>
          accuracies.map((accuracy) => percent(accuracy ?? Number.NaN).replace(" %", "")).join(" | "),
        ),
      ]),
    ]),
    `At its best ${bestText(grid, 0)},`,
    `and ${bestText(grid, 1)}.`,
  ];
}

/** "with batch norm 91.0 % (weight scale 0.1, learning rate 1)" */
export function bestText(grid: readonly GridCell[], network: 0 | 1): string {
  const title = titleOf({ name: network === 0 ? "no-batch-norm" : "batch-norm" });
  const best = bestOf(grid, network);
  if (!best) return `${title} every run broke down`;
  const accuracy = percent(best.accuracies[network] ?? Number.NaN);
  return `${title} ${accuracy} (weight scale ${best.weightScale}, learning rate ${best.learningRate})`;
}
