import type { DigitSet } from "../digits/load.js";

/** Gives, for a class, one of its images after the other. */
export function samples({ inputs, labels }: DigitSet): (digit: number) => Float32Array {
  const last = new Map<number, number>();
  const [, pixels] = inputs.shape;
  return (digit) => {
    const after = labels.data.indexOf(digit, (last.get(digit) ?? -1) + 1);
    const row = after >= 0 ? after : labels.data.indexOf(digit);
    last.set(digit, row);
    return inputs.data.slice(row * pixels, (row + 1) * pixels);
  };
}
