import { CLASSES } from "laboratory";
import { BadInput } from "terminal";
import type { Digits } from "./digits.js";
import type { Settings } from "./settings.js";

/** With gradients and copies this many fill two gigabytes. */
const MOST_WEIGHTS = 100_000_000;

/** Weights and biases of the dense layers. */
function countWeights(pixels: number, hidden: readonly number[]): number {
  const outputs = [...hidden, CLASSES];
  return outputs.reduce((sum, width, i) => sum + ((hidden[i - 1] ?? pixels) + 1) * width, 0);
}

/** @throws BadInput for settings that are too large for the data, or for the memory with this data. */
export function requireFitting({ train }: Digits, { batchSize, hidden }: Settings): void {
  const [rows, pixels] = train.inputs.shape;
  if (batchSize > rows) {
    throw new BadInput(`--batch-size must be at most ${rows}, the digits to train on, got "${batchSize}"`);
  }
  const weights = countWeights(pixels, hidden);
  if (weights > MOST_WEIGHTS) {
    throw new BadInput(`--hidden must give at most ${MOST_WEIGHTS} weights, got ${weights}`);
  }
}
