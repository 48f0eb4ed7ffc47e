/** Digits at which a logarithmic axis may have ticks, from few to many in a decade. */
const DIGITS = [
  [1],
  [1, 2, 5],
  [1, 2, 3, 4, 5, 6, 7, 8, 9],
  Array.from({ length: 45 }, (_, i) => 1 + i / 5),
  Array.from({ length: 180 }, (_, i) => 1 + i / 20),
];
const FEWEST = 3;
const MOST = 8;

/** Round numbers between `low` and `high`, as evenly as a logarithmic axis has them: 0.1, 0.2, 0.5, 1, … */
export function lossTicks(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low));
  const decades = Array.from({ length: Math.floor(Math.log10(high)) - first + 1 }, (_, i) => first + i);
  const candidates = DIGITS.map((digits) =>
    decades
      .flatMap((decade) => digits.map((digit) => Number(`${digit.toFixed(2)}e${decade}`)))
      .filter((tick) => tick >= low && tick <= high),
  );
  const ticks = candidates.find(({ length }) => length >= FEWEST) ?? [];
  const every = Math.ceil(ticks.length / MOST);
  return ticks.filter((_, i) => i % every === 0);
}

/** Up to five multiples of 1, 2 or 5 times a power of ten, up to `lastStep`. */
export function stepTicks(lastStep: number): number[] {
  const decade = 10 ** Math.floor(Math.log10(Math.max(1, lastStep / 5)));
  const width = [1, 2, 5, 10].map((digit) => digit * decade).find((w) => lastStep / w <= 5) ?? lastStep;
  return Array.from({ length: Math.floor(lastStep / width) }, (_, i) => (i + 1) * width);
}

/** At most six characters: 0.05, 2.44, 1e27. */
export function formatTick(loss: number): string {
  if (loss >= 1e5 || loss < 1e-3) return loss.toExponential(0).replace("+", "");
  return String(Number(loss.toPrecision(3)));
}
