/** Three digits, with an exponent where they would not tell: 0.00681, 0.698, 3.24e9. */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-4)) return value.toExponential(2).replace("e+", "e");
  return String(Number(value.toPrecision(3)));
}

/** A fixed number of decimals, an exponent where a diverged run would need a page, and a dash for no number. */
export function fixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return "–";
  return Math.abs(value) < 1e6 ? value.toFixed(digits) : value.toExponential(1).replace("e+", "e");
}

export const percent = (value: number): string =>
  Number.isFinite(value) ? `${(100 * value).toFixed(1)} %` : "–";

/** The words in lines of at most `width`, but for a longer word, each behind the indent. */
export function wrap(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width - indent.length) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((part) => indent + part).join("\n");
}

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
