import type { Check, CheckId } from "./check.js";
import { runExactCheck } from "./checks/exact-check.js";
import { finite } from "./checks/finite.js";
import { learnsFasterThanNone } from "./checks/learns-faster-than-none.js";
import { type JudgedLayer, runningPairNearData } from "./checks/running-pair-near-data.js";
import { runningPairReplay } from "./checks/running-pair-replay.js";
import { trainEvalGap } from "./checks/train-eval-gap.js";
import type { Evidence, LayerEvidence } from "./evidence.js";
import { type Examination, examine } from "./examine.js";
import { whyBroken } from "./first-non-finite.js";
import { GuardedImplementation, ImplementationError } from "./guarded-implementation.js";
import { isLayer, keepingGradients, layerImplementation } from "./layer-implementation.js";
import { realTrial } from "./trials.js";
import { validateEvidence } from "./validate-evidence.js";
import type { Verdict } from "./verdict.js";

const EXACT = [
  "batch-statistics-update",
  "train-forward",
  "train-gradient",
  "eval-forward",
  "eval-gradient",
  "eval-writes-nothing",
] as const satisfies readonly CheckId[];

/**
 * Judges whether batch norm behaves: each layer examined against its declaration, and what the curves show.
 *
 * Every layer is left as it was, but for the cache of its last forward pass. An implementation that throws, gives back
 * the wrong number of numbers, or does not hold what was written fails the check that met it.
 *
 * @throws Error when the evidence contradicts itself; the message names the field.
 */
export function judge(evidence: Evidence): Verdict {
  validateEvidence(evidence);
  const broken = whyBroken(evidence.batchNormRun);
  const layers = evidence.layers.map((layer) => judgeLayer(layer, broken));
  const worst = (id: CheckId) =>
    worstOf(layers.flatMap(({ checks }) => checks.filter((check) => check.id === id)));
  const checks = [
    finite(evidence),
    worst("running-pair-replay"),
    ...EXACT.map(worst),
    runningPairNearData(evidence, layers),
    trainEvalGap(evidence),
    learnsFasterThanNone(evidence),
    ...layers.flatMap(({ unexplained }) => unexplained.filter(({ id }) => HABITS.includes(id))),
  ];
  const faults = layers.flatMap(({ layer, faults }) =>
    faults.filter(({ status }) => status === "present").map((fault) => ({ ...fault, layer: layer.name })),
  );
  const healthy =
    checks.every(({ passed }) => passed !== false) && faults.every(({ grade }) => grade === "fragile");
  return { healthy, checks, faults };
}

/** Checks that are made only to report a failure. */
const HABITS: readonly CheckId[] = ["accumulation", "save-and-load"];

type Judged = JudgedLayer & Pick<Examination, "checks" | "faults" | "unexplained">;

function judgeLayer(layer: LayerEvidence, broken: string | undefined): Judged {
  const { name, subject, declared, replay, batch } = layer;
  const given = isLayer(subject) ? layerImplementation(subject) : subject;
  const look = (): Judged => {
    let implementation: GuardedImplementation;
    try {
      implementation = new GuardedImplementation(given);
    } catch (error) {
      if (!(error instanceof ImplementationError)) throw error;
      const checks = [
        failedCheck("running-pair-replay", name, error),
        ...EXACT.map((id) => failedCheck(id, name, error)),
      ];
      return { layer, implementation: undefined, checks, faults: [], unexplained: [] };
    }
    const real = broken === undefined ? realTrial(batch) : undefined;
    const examined = { name, implementation, declared, chosen: [], trials: [] };
    const replayed: Check =
      broken === undefined
        ? runExactCheck(runningPairReplay(replay), examined).check
        : { id: "running-pair-replay", passed: "inconclusive", value: null, bound: 1, meaning: broken };
    const { checks, faults, unexplained, failure } = examine(implementation, declared, { name, real });
    const exact =
      failure !== undefined && checks.length === 0
        ? EXACT.map((id) => failedCheck(id, name, failure))
        : checks;
    return { layer, implementation, checks: [replayed, ...exact], faults, unexplained };
  };
  return isLayer(subject) ? keepingGradients(subject, look) : look();
}

function failedCheck(id: CheckId, name: string, { message }: ImplementationError): Check {
  return { id, passed: false, value: null, bound: 1, meaning: `${name}: ${message}` };
}

/** The check that fared worst: failed before inconclusive before passed, and among these the largest value. */
function worstOf(checks: readonly Check[]): Check {
  const rank = ({ passed }: Check) => (passed === false ? 2 : passed === "inconclusive" ? 1 : 0);
  const size = ({ value }: Check) => value ?? Number.POSITIVE_INFINITY;
  return checks.reduce((worst, check) =>
    rank(check) > rank(worst) || (rank(check) === rank(worst) && size(check) > size(worst)) ? check : worst,
  );
}
