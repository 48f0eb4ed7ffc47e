/** A fixed number of decimals, an exponent where a diverged run would need a page, and a dash for no number. */
export function fixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return "–";
  return Math.abs(value) < 1e6 ? value.toFixed(digits) : value.toExponential(1).replace("e+", "e");
}

export const percent = (value: number): string =>
  Number.isFinite(value) ? `${(100 * value).toFixed(1)} %` : "–";

/** Cells below each other: the first column to the left, the others to the right. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join("  ")
      .trimEnd(),
  );
}

/** At most `width` columns of it. */
export const cut = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text;
