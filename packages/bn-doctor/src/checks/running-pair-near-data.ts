import type { Check } from "../check.js";
import type { Evidence, LayerEvidence } from "../evidence.js";
import { type GuardedImplementation, ImplementationError } from "../guarded-implementation.js";
import { describeDistance, NEAR, pairDistance, whyCorrectPairIsFar } from "./pair-distance.js";
import { whyUnsettled } from "./settled.js";

/** A pair this far from the data is wrong where a correct one is near: half a deviation, or a factor of e^½ ≈ 1.65. */
const FAR = 0.5;

/** A layer with its evidence. */
export interface JudgedLayer {
  readonly layer: LayerEvidence;
  /** undefined where not even a first look at it succeeded. */
  readonly implementation: GuardedImplementation | undefined;
}

/**
 * The running pair describes the layer's input over the training data. A layer is blamed only where the replayed pair,
 * which owes nothing to it, is near the data. `value` is the largest distance of such a layer.
 */
export function runningPairNearData(evidence: Evidence, layers: readonly JudgedLayer[]): Check {
  const id = "running-pair-near-data";
  const unsettled = whyUnsettled(evidence);
  if (unsettled !== undefined) {
    return { id, passed: "inconclusive", value: null, bound: FAR, meaning: unsettled };
  }

  const findings = layers
    .filter(({ layer }) => pairDistance(layer.replay, layer).larger <= NEAR)
    .map(findDistance)
    .sort((a, b) => b.distance - a.distance);
  const failed = findings.find(({ distance }) => distance > FAR);
  if (failed !== undefined) {
    const value = Number.isFinite(failed.distance) ? failed.distance : null;
    const meaning = `${failed.seen}. Updated as declared the pair would be near, so eval normalises by wrong numbers.`;
    return { id, passed: false, value, bound: FAR, meaning };
  }
  const far = whyCorrectPairIsFar(evidence.layers);
  if (far !== undefined) return { id, passed: "inconclusive", value: null, bound: FAR, meaning: far };
  const [{ distance, seen }] = findings;
  return {
    id,
    passed: true,
    value: distance,
    bound: FAR,
    meaning: `${seen}: eval normalises as training did.`,
  };
}

function findDistance({ layer, implementation }: JudgedLayer): { distance: number; seen: string } {
  const name = layer.name;
  if (implementation === undefined)
    return { distance: Number.POSITIVE_INFINITY, seen: `${name}: cannot be read` };
  try {
    const { popMean, popVar } = implementation.read();
    const distance = pairDistance({ mean: popMean, variance: popVar }, layer);
    return {
      distance: Number.isNaN(distance.larger) ? Number.POSITIVE_INFINITY : distance.larger,
      seen: `${name}: the running pair is ${describeDistance(distance)}, root mean square over the features`,
    };
  } catch (error) {
    if (!(error instanceof ImplementationError)) throw error;
    return { distance: Number.POSITIVE_INFINITY, seen: `${name}: ${error.message}` };
  }
}
