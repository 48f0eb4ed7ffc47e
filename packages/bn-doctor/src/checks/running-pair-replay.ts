import type { RunningPairReplay } from "../running-pair-replay.js";
import { comparePair } from "./compare-pair.js";
import type { ExactCheck } from "./exact-check.js";

/** The layer's running pair is the one that its training batches lead to. */
export const runningPairReplay = (replay: RunningPairReplay): ExactCheck => ({
  id: "running-pair-replay",
  healthy:
    "The running mean and variance are what the training batches lead to, computed again by other code.",
  faulty:
    "Training does not lead to the declared running pair: check decay, its direction, and which variance is stored.",
  examine: ({ implementation }) =>
    comparePair(implementation, replay, `after ${replay.batches} training batches`),
});
