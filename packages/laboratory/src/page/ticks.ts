/** Distances of ticks between whole steps. */
export const WHOLE_STEPS = [...Array(12).keys()].flatMap((power) =>
  [1, 2, 5].map((digit) => digit * 10 ** power),
);

/** Most decades with ticks at 1, 2 and 5; from there on at the powers of ten, of many at every n-th. */
const FEW_DECADES = 3;
const MOST_TICKS = 6;

/** Ticks of a logarithmic scale from `from` to `to`, both positive. */
export function logTicks(from: number, to: number): number[] {
  const decades = Math.log10(to) - Math.log10(from);
  const digits = decades <= FEW_DECADES ? [1, 2, 5] : [1];
  const every = Math.ceil(decades / MOST_TICKS) || 1;
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power++) {
    if (decades > FEW_DECADES && power % every !== 0) continue;
    for (const digit of digits) ticks.push(Number(`${digit}e${power}`));
  }
  return ticks.filter((tick) => tick >= from && tick <= to);
}

/** Pixels beside a plot for labels of 12 px and their marks: "-1.5e17" is wider than what most charts need. */
export const roomFor = (labels: readonly string[] | null): number =>
  Math.max(52, 14 + 8 * Math.max(0, ...(labels ?? []).map((label) => label.length)));
