export type NumberFormat = "number" | "percent";

/** Three digits, with an exponent where a page of zeros would be needed; "–" for no number. */
export function formatted(value: number | null | undefined, format: NumberFormat): string {
  if (typeof value !== "number") return "–";
  if (format === "percent") return `${Number((100 * value).toFixed(1))} %`;
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-3))
    return value.toExponential(1).replace(".0e", "e").replace("e+", "e");
  return String(Number(value.toPrecision(3)));
}
