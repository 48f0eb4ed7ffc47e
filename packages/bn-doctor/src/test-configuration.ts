import type { Declaration } from "./implementation.js";
import { type Feed, Random } from "./test-evidence.js";

const DECAYS = [0, 0.1, 0.5, 0.9, 0.99, 0.999, "cumulative"] as const;

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(items.length * random.uniform())];
}

function between(random: Random, smallest: number, largest: number): number {
  return smallest * (largest / smallest) ** random.uniform();
}

/**
 * Any declaration within reason, and data as a layer may meet them: hardly varying, two rows, or up to `farthest`
 * deviations away from zero.
 */
export function configuration(
  seed: number,
  farthest: number,
): { declared: Declaration & { readonly features: number }; feed: Feed } {
  const random = new Random(seed);
  const sigma = between(random, 1e-4, 10);
  return {
    declared: {
      features: 1 + Math.floor(9 * random.uniform()),
      decay: pick(random, DECAYS),
      epsilon: between(random, 1e-7, 1e-1),
      runningVariance: pick(random, ["biased", "unbiased"]),
    },
    feed: {
      rows: Math.round(between(random, 2, 200)),
      steps: Math.round(between(random, 2, 60)),
      seed,
      offset: sigma * between(random, 1e-2, farthest),
      sigma,
    },
  };
}
