import { RunningPairReplay } from "../running-pair-replay.js";
import { comparePair } from "./compare-pair.js";
import type { ExactCheck } from "./exact-check.js";

/**
 * Training passes over chosen batches of different σ move the pair from (0, 1) as declared. This is sharper than
 * the replay of a whole training: few rows set the biased variance apart from the unbiased, the batches lie near zero
 * and rounding has had no time to add up.
 */
export const batchStatisticsUpdate: ExactCheck = {
  id: "batch-statistics-update",
  healthy: "Training passes over chosen batches move the running mean and variance exactly as declared.",
  faulty:
    "A training pass does not update the running pair as declared: check decay, its direction, and which variance is stored.",
  examine: ({ implementation, declared, chosen }) =>
    implementation.undisturbed(() => {
      const replay = new RunningPairReplay(implementation.features, declared);
      implementation.write({ popMean: replay.mean, popVar: replay.variance, batches: 0 });
      for (const { x, rows } of chosen) {
        replay.observe(x, rows);
        implementation.forward(x, rows, "train");
      }
      return comparePair(implementation, replay, `after ${chosen.length} chosen batches`);
    }),
};
