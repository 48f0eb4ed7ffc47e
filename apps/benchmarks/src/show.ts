/** How a measured number is shown. */
interface Unit {
  readonly label: string;
  readonly of: (measured: number, multiplyAdds: number) => number;
  /** Whether larger is better. */
  readonly rising: boolean;
}

/** Measured are the milliseconds of one repetition, and in `megabytes` the bytes of a process. */
export const units = {
  milliseconds: { label: "ms", of: (measured) => measured, rising: false },
  microseconds: { label: "µs", of: (measured) => 1e3 * measured, rising: false },
  gigaflops: { label: "GFLOP/s", of: (measured, count) => (2 * count) / (1e6 * measured), rising: true },
  nanosecondsPerMultiplyAdd: {
    label: "ns",
    of: (measured, count) => (1e6 * measured) / count,
    rising: false,
  },
  megabytes: { label: "MB", of: (measured) => measured / 1e6, rising: false },
} satisfies Record<string, Unit>;

export type Show = keyof typeof units;

/** Three digits, without an exponent. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return "–";
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
