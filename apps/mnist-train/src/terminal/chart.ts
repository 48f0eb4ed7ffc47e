import type { Curve } from "@handgrad/bn-doctor";
import { type Color, plot } from "simple-ascii-chart";
import { lossCurves, titleOf } from "../curve-names.js";
import type { Point, Run } from "../train-run.js";

const HEIGHT = 11;
/** Columns that the chart's own axis and labels take. */
const MARGIN = 10;

const marks = ["·", "o", "x"] as const;
const colors: readonly Color[] = ["ansiCyan", "ansiGreen", "ansiYellow"];

const isDrawable = ([, value]: Readonly<Point>): boolean => Number.isFinite(value) && value > 0;

/** Decades and their halves and fifths that lie in the range: 0.1, 0.2, 0.5, 1, … */
function lossTicks(low: number, high: number): number[] {
  const decades = Array.from({ length: 40 }, (_, i) => i - 20);
  return decades
    .flatMap((decade) => [1, 2, 5].map((digit) => digit * 10 ** decade))
    .filter((tick) => tick >= low && tick <= high);
}

/** Up to five multiples of 1, 2 or 5 times a power of ten. */
function stepTicks(lastStep: number): number[] {
  const decade = 10 ** Math.floor(Math.log10(lastStep / 5));
  const width = Math.max(
    1,
    [1, 2, 5, 10].map((digit) => digit * decade).find((w) => lastStep / w <= 5) ?? lastStep,
  );
  return Array.from({ length: Math.floor(lastStep / width) }, (_, i) => (i + 1) * width);
}

/** The value at every column, on the straight line between the points beside it. */
function atColumns(points: Curve, columns: number, lastStep: number): Point[] {
  const filled: Point[] = [];
  for (let column = 0; column < columns; column++) {
    const step = (column * lastStep) / (columns - 1);
    const after = points.findIndex(([s]) => s >= step);
    if (after < 0 || (after === 0 && points[0][0] > step)) continue;
    const [s1, v1] = points[after];
    const [s0, v0] = points[Math.max(0, after - 1)];
    filled.push([step, Math.log10(v0 + (s1 === s0 ? 0 : ((v1 - v0) * (step - s0)) / (s1 - s0)))]);
  }
  return filled.length > 0 ? filled : points.map(([step, value]) => [step, Math.log10(value)]);
}

/** The losses of each run over the steps, one chart a run, all on the same logarithmic axis. */
export function lossCharts(runs: readonly Run[], width: number, color: boolean): string {
  const drawable = runs.map((run) => lossCurves.map(({ key }) => run.curves[key].filter(isDrawable)));
  const values = drawable.flat(2).map(([, value]) => value);
  if (values.length === 0) return "No loss was finite: there is nothing to draw.";
  const low = Math.min(...values);
  const high = Math.max(...values);
  const lastStep = Math.max(...runs.map(({ steps }) => steps));
  const columns = Math.max(20, width - MARGIN);
  const charts = runs.map((run, index) => {
    const shown = lossCurves
      .map(({ label }, i) => ({ label, mark: marks[i], color: colors[i], points: drawable[index][i] }))
      .filter(({ points }) => points.length > 0);
    const title = `Loss by step, ${titleOf(run)}`;
    if (shown.length === 0) return `${title}: no loss was finite.`;
    const series = shown.map(({ points }) => atColumns(points, columns, lastStep));
    const chart = plot(series, {
      width: columns,
      height: HEIGHT,
      yRange: [Math.log10(low) - 0.05, Math.log10(high) + 0.05],
      customYAxisTicks: lossTicks(low, high).map(Math.log10),
      customXAxisTicks: stepTicks(lastStep),
      formatter: (value, { axis }) => (axis === "y" ? Number((10 ** value).toPrecision(2)) : value),
      ...(color && { color: shown.map((curve) => curve.color) }),
      // The library's `input` is the first line for every line: a point's own values tell where it belongs.
      lineFormatter: ({ plotX, plotY, x, y, index: i }) => ({
        x: plotX,
        y: plotY,
        symbol: shown[series.findIndex((points) => points[i]?.[0] === x && points[i]?.[1] === y)].mark,
      }),
    });
    const legend = shown.map(({ mark, label }) => `${mark} ${label}`).join("   ");
    return `${title}   ${legend}\n${trimLines(chart)}`;
  });
  return charts.join("\n\n");
}

const trimLines = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .join("\n");
