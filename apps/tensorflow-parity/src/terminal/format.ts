import { columnsOf } from "terminal";

/** A gradient with all the digits that two precisions are compared by: -0.2627457956, 1.24970579e-5. */
export function gradient(value: number, decimals: number): string {
  if (value === 0) return "0";
  return Math.abs(value) >= 1e-3 ? value.toFixed(decimals) : value.toExponential(decimals - 2);
}

/** Two digits: 0.38, 1.2e-5, 5.6e-16. */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (value === 0) return "0";
  if (size >= 1e3 || size < 1e-2) return value.toExponential(1).replace("e+", "e").replace(".0e", "e");
  return String(Number(value.toPrecision(2)));
}

/** A ratio as people say it: 1.1 %, 25 %, 7.9 times, and 1.8e-8 where it is small. */
export function share(value: number): string {
  if (value >= 1) return `${Number(value.toPrecision(2))} times`;
  return value >= 1e-4 ? `${Number((100 * value).toPrecision(2))} %` : figure(value);
}

/** A cell, and how to paint it once it is padded: padding must not count the paint. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

/** Columns two blanks apart: the first `left` to the left, the others to the right. Combining marks take no room. */
export function table(rows: readonly (readonly (Cell | string)[])[], left = 1): string {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === "string" ? { text: cell } : cell)));
  const columns = Math.max(...cells.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...cells.map((row) => columnsOf(row[column]?.text ?? ""))),
  );
  return cells
    .map((row) =>
      row
        .map(({ text, paint = (t) => t }, column) => {
          const blanks = " ".repeat(widths[column] - columnsOf(text));
          return column < left ? paint(text) + blanks : blanks + paint(text);
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
