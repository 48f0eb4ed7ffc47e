import type { Curve } from "@handgrad/bn-doctor";
import { plot } from "simple-ascii-chart";
import type { Colors } from "terminal";
import { lossCurves, titleOf } from "../report/curve-names.js";
import type { Point } from "../run/point.js";
import type { Run } from "../run/train-run.js";
import { formatTick, lossTicks, stepTicks } from "./ticks.js";

const HEIGHT = 14;
/** Columns of the labels of the loss axis, padded so that both charts have the same. */
const LABEL = 6;
/** What the charting library adds to its width: labels, axis and arrow. */
const FRAME = LABEL + 4;
const GAP = 2;
/** From this width on the charts stand side by side. */
const SIDE_BY_SIDE = 72;
const WIDEST = 160;
/** The loss axis reaches at least so many times below and above its middle. */
const NARROWEST = 1.2;

type Paint = (text: string) => string;

interface Series {
  readonly mark: string;
  /** Logarithms of the losses. */
  readonly points: readonly Point[];
}

const logarithm = ([step, loss]: Readonly<Point>): Point => [step, Math.log10(loss)];

const drawable = (curve: Curve): Curve => curve.filter(([, loss]) => Number.isFinite(loss) && loss > 0);

/** From the least to the greatest loss, widened where they are so near each other that no round number is between. */
function rangeOf(losses: readonly number[]): [low: number, high: number] {
  // Not Math.min(...losses): a long run has more points than a call may have arguments.
  const least = losses.reduce((a, b) => Math.min(a, b));
  const greatest = losses.reduce((a, b) => Math.max(a, b));
  const middle = Math.sqrt(least) * Math.sqrt(greatest);
  return [Math.min(least, middle / NARROWEST), Math.max(greatest, middle * NARROWEST)];
}

/** The curve at every column, on straight lines between its points, so that it is drawn without gaps. */
function atColumns(points: readonly Point[], columns: number, lastStep: number): Point[] {
  if (points.length < 2) return [...points];
  const filled: Point[] = [];
  for (let column = 0; column < columns; column++) {
    const step = (column * lastStep) / (columns - 1);
    const after = points.findIndex(([s]) => s >= step);
    if (after < 1) continue;
    const [[s0, v0], [s1, v1]] = [points[after - 1], points[after]];
    filled.push([step, v0 + ((v1 - v0) * (step - s0)) / (s1 - s0)]);
  }
  return filled;
}

/** Training mode is a dotted line, the evaluations are marks where they were made: no colour is needed to tell. */
function seriesOf(run: Run, columns: number, lastStep: number, paints: readonly Paint[]): Series[] {
  return lossCurves
    .map(({ key, mark }, i) => {
      const points = drawable(run.curves[key]).map(logarithm);
      const shown = key === "trainLoss" ? atColumns(points, columns, lastStep) : points;
      return { mark: paints[i](mark), points: shown };
    })
    .filter(({ points }) => points.length > 0);
}

/** The losses of each run over the steps on one logarithmic axis, side by side where there is room, with a legend. */
export function lossCharts(runs: readonly Run[], width: number, colors: Colors): string {
  const losses = runs.flatMap((run) => lossCurves.flatMap(({ key }) => drawable(run.curves[key])));
  if (losses.length === 0) return "No loss was finite: there is nothing to draw.";
  const [low, high] = rangeOf(losses.map(([, loss]) => loss));
  const lastStep = Math.max(...runs.map(({ steps }) => steps));
  const beside = width >= SIDE_BY_SIDE;
  const total = Math.min(width, WIDEST);
  const columns = Math.max(20, (beside ? Math.floor((total - GAP) / 2) : total) - FRAME);
  const paints = [colors.cyan, colors.green, colors.yellow];

  const charts = runs.map((run) => {
    const series = seriesOf(run, columns, lastStep, paints);
    // The two corners keep both charts on the same axes, whatever is drawn into them.
    const corners: Series = { mark: " ", points: [logarithm([0, low]), logarithm([lastStep, high])] };
    const drawn = [corners, ...series];
    let current = -1;
    const text = plot(
      drawn.map(({ points }) => [...points]),
      {
        width: columns,
        height: HEIGHT,
        customYAxisTicks: lossTicks(low, high).map(Math.log10),
        customXAxisTicks: stepTicks(lastStep),
        formatter: (value, { axis }) => (axis === "y" ? formatTick(10 ** value).padStart(LABEL) : value),
        // The library draws line after line and does not say which: each one starts with its first point.
        lineFormatter: ({ plotX, plotY, index }) => {
          if (index === 0) current++;
          return { x: plotX, y: plotY, symbol: drawn[current].mark };
        },
      },
    );
    const lines = text
      .split("\n")
      .map((line) => line.trimEnd())
      .filter((line) => line !== "");
    return [`${" ".repeat(lines[0].length + 1)}${titleOf(run)}`, ...lines];
  });
  const body = beside ? sideBySide(charts, columns + FRAME + GAP) : charts.map((lines) => lines.join("\n"));
  const legend = lossCurves.map(({ mark, label }, i) => `${paints[i](mark)} ${label}`).join("   ");
  return [`Loss by step   ${legend}`, ...body].join("\n\n");
}

/** The lines of the blocks next to each other, each block `width` columns wide. */
function sideBySide(blocks: readonly (readonly string[])[], width: number): string[] {
  const height = Math.max(...blocks.map((lines) => lines.length));
  const lines = Array.from({ length: height }, (_, i) =>
    blocks
      .map((block) => block[i] ?? "")
      .map((line) => line + " ".repeat(Math.max(0, width - visibleLength(line))))
      .join("")
      .trimEnd(),
  );
  return [lines.join("\n")];
}

/** Length of the line as it is seen, without the codes of its colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes start with one
const visibleLength = (line: string): number => line.replace(/\x1b\[\d+m/g, "").length;
