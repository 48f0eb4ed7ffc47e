/** Up to four significant digits, for people. */
export function format(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** Two different numbers in four significant digits, or in all of them where four would make them look alike. */
export function formatApart(a: number, b: number): [string, string] {
  return format(a) === format(b) ? [String(a), String(b)] : [format(a), format(b)];
}

/** A share as a percentage of two digits: 0.0123 is "1.2 %". */
export function formatPercent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}
