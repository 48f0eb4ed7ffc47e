import type { Evidence } from "../evidence.js";
import { whyBroken } from "../first-non-finite.js";
import { formatPercent } from "../format.js";

/** With less weight than this the pair (0, 1), from which every layer starts, no longer shows in eval. */
const LARGEST_INITIAL_WEIGHT = 0.01;

/** Why data and curves cannot be judged yet, as a sentence; undefined when they can. */
export function whyUnsettled({ layers, batchNormRun }: Evidence): string | undefined {
  const broken = whyBroken(batchNormRun);
  if (broken !== undefined) return broken;
  const weight = Math.max(...layers.map(({ replay }) => initialWeight(replay.decay, replay.batches)));
  if (weight < LARGEST_INITIAL_WEIGHT) return undefined;
  return `Not judged: after ${batchNormRun.steps} steps the starting values (0, 1) still make up ${formatPercent(weight)} of the running mean and variance; from below ${formatPercent(LARGEST_INITIAL_WEIGHT)} on they no longer matter.`;
}

/** decay^steps; one batch of a cumulative average leaves nothing. */
function initialWeight(decay: number | "cumulative", steps: number): number {
  return decay === "cumulative" ? 0 : decay ** steps;
}
