/** Up to four significant digits, for people. */
export function format(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** A share as a percentage of two digits: 0.0123 is "1.2 %". */
export function formatPercent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}
