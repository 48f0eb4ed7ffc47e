import type { GuardedImplementation } from "../guarded-implementation.js";
import { batchMoments } from "../moments.js";
import { RunningPairReplay } from "../running-pair-replay.js";
import type { Trial } from "../trials.js";
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
      const counted = declared.decay === "cumulative" ? batchesCounted(implementation, chosen[0]) : 0;
      const replay = new RunningPairReplay(implementation.features, declared, counted);
      implementation.write({ popMean: replay.mean, popVar: replay.variance, batches: counted });
      for (const { x, rows, dy } of chosen) {
        replay.observe(x, rows);
        implementation.forward(x, rows, "train");
        // Some update the pair only here.
        if (implementation.abilities.backward) implementation.backward(dy, rows);
      }
      return comparePair(implementation, replay, `after ${chosen.length} chosen batches`);
    }),
};

/** Batches behind a cumulative average: 0, or what one more pass shows where the implementation keeps count in private. */
function batchesCounted(implementation: GuardedImplementation, { x, rows, dy }: Trial): number {
  const { features, abilities } = implementation;
  if (abilities.batches) return 0;
  implementation.write({ popMean: new Float64Array(features), popVar: new Float64Array(features) });
  implementation.forward(x, rows, "train");
  if (abilities.backward) implementation.backward(dy, rows);
  // The t-th batch moves a mean of 0 to μ/t.
  const t = Math.round(batchMoments(x, rows, features).mean[0] / implementation.read().popMean[0]);
  return t >= 1 && Number.isFinite(t) ? t : 0;
}
