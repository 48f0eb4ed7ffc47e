import { columnsOf } from "terminal";

/** Cells below each other: the first column to the left, the others to the right. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => columnsOf(row[column]))));
  const pad = (cell: string, width: number) => " ".repeat(width - columnsOf(cell));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell + pad(cell, widths[i]) : pad(cell, widths[i]) + cell))
      .join("  ")
      .trimEnd(),
  );
}
