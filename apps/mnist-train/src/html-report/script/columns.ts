import type { ChartData } from "../chart-data.js";

/** The steps of all series together, and each series' values there; undefined where it was not measured. */
export interface Columns {
  readonly steps: number[];
  readonly values: (number | null | undefined)[][];
}

export function columnsOf({ series }: Pick<ChartData, "series">): Columns {
  const steps = [...new Set(series.flatMap(({ points }) => points.map(([step]) => step)))].sort(
    (a, b) => a - b,
  );
  const values = series.map(({ points }) => {
    const at = new Map(points);
    return steps.map((step) => at.get(step));
  });
  return { steps, values };
}

/** The index nearest to `index` at which there is a value; undefined where there is none at all. */
export function nearestValue(
  values: ArrayLike<number | null | undefined>,
  index: number,
): number | undefined {
  for (let away = 0; away < values.length; away++) {
    for (const i of [index - away, index + away]) if (typeof values[i] === "number") return i;
  }
  return undefined;
}
