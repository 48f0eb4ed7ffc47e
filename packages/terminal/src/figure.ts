/** Three digits, with an exponent where they would not tell: 0.00681, 0.698, 3.24e9. */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-4)) return value.toExponential(2).replace("e+", "e");
  return String(Number(value.toPrecision(3)));
}

/** A value beside its bound: "0.05 ≤ 1". One just beyond it does not read "1 > 1". */
export function compared(value: number, bound: number): string {
  const shown = value !== bound && figure(value) === figure(bound) ? String(value) : figure(value);
  return `${shown} ${value <= bound ? "≤" : ">"} ${figure(bound)}`;
}
