import { batchStatisticsUpdate } from "./checks/batch-statistics-update.js";
import { evalForward } from "./checks/eval-forward.js";
import { evalGradient } from "./checks/eval-gradient.js";
import { evalWritesNothing } from "./checks/eval-writes-nothing.js";
import { type ExactCheck, type ExactResult, runExactCheck } from "./checks/exact-check.js";
import { trainForward } from "./checks/train-forward.js";
import { trainGradient } from "./checks/train-gradient.js";
import { describeConvention } from "./convention.js";
import type { Convention, FaultFinding } from "./diagnosis.js";
import { evidenceFor, FaultFindings } from "./fault-findings.js";
import { type GuardedImplementation, ImplementationError } from "./guarded-implementation.js";
import { accumulation } from "./habits/accumulation.js";
import { batchOfOne } from "./habits/batch-of-one.js";
import { farFromZero } from "./habits/far-from-zero.js";
import { nanBatch } from "./habits/nan-batch.js";
import { saveAndLoad } from "./habits/save-and-load.js";
import { trainedParameters } from "./habits/trained-parameters.js";
import type { Declaration, Mode } from "./implementation.js";
import { describeForward, type ForwardModel } from "./models/forward-model.js";
import { describeGradient } from "./models/gradient-model.js";
import { BY_BATCH, BY_RUNNING_PAIR } from "./models/normalisation.js";
import { rounded, smallestDenominators } from "./naming/find-epsilon.js";
import { type FoundUpdate, findUpdate } from "./naming/find-update.js";
import { type NamedForward, nameForward } from "./naming/name-forward.js";
import { type NamedGradients, nameGradients } from "./naming/name-gradients.js";
import { chosenTrials, type Trial } from "./trials.js";
import type { Check } from "./verdict.js";

/** How an examination went: what {@link import("./diagnose.js").diagnose} makes a diagnosis of. */
export interface Examination {
  readonly checks: readonly Check[];
  readonly unexplained: readonly Check[];
  readonly faults: readonly FaultFinding[];
  readonly convention: Convention;
  /** The implementation threw or gave back the wrong thing: nothing can be said of it but that. */
  readonly failure?: ImplementationError | undefined;
}

/** Where nothing is declared and nothing can be found. */
const FALLBACK: Declaration = { epsilon: 1e-5, decay: 0.9, runningVariance: "biased" };

/** Looks at everything that an implementation lets see. Leaves it as it was, but for the cache of its last pass. */
export function examine(
  implementation: GuardedImplementation,
  declared: Partial<Declaration>,
  options: { readonly name?: string; readonly real?: Trial | undefined } = {},
): Examination {
  try {
    return implementation.undisturbed(() => look(implementation, declared, options));
  } catch (failure) {
    if (!(failure instanceof ImplementationError)) throw failure;
    const convention = describeConvention({ epsilon: null, decay: null, runningVariance: null });
    return { checks: [], unexplained: [], faults: [], convention, failure };
  }
}

function look(
  implementation: GuardedImplementation,
  declared: Partial<Declaration>,
  { name, real }: { readonly name?: string; readonly real?: Trial | undefined },
): Examination {
  const { abilities, features, precision } = implementation;
  const findings = new FaultFindings(implementation, declared);

  const denominators = {
    train: smallestDenominators(implementation, "train"),
    eval: smallestDenominators(implementation, "eval"),
  };
  const found = denominators.train.batch ?? denominators.eval["running pair"];
  const foundEpsilon = found === undefined ? undefined : rounded(found * found, precision);
  const epsilon = declared.epsilon ?? foundEpsilon ?? FALLBACK.epsilon;
  const chosen = chosenTrials(features, epsilon > 0 ? epsilon : 1e-6);
  if (
    foundEpsilon !== undefined &&
    foundEpsilon > 0 &&
    Math.abs(Math.log(foundEpsilon / chosenEpsilon(epsilon))) > Math.LN2
  ) {
    chosen.push(...chosenTrials(features, foundEpsilon).slice(1, 2));
  }
  const update = abilities.runningPair ? findUpdate(implementation, epsilon, declared) : undefined;
  const convention: Declaration = {
    epsilon,
    decay: declared.decay ?? update?.exactDecay ?? FALLBACK.decay,
    runningVariance: declared.runningVariance ?? update?.runningVariance ?? FALLBACK.runningVariance,
  };
  const examined = {
    name,
    implementation,
    declared: convention,
    chosen,
    trials: real === undefined ? chosen : [...chosen, real],
  };
  const run = (check: ExactCheck, able: boolean) => (able ? runExactCheck(check, examined) : undefined);
  const results = {
    update: run(batchStatisticsUpdate, abilities.runningPair),
    trainForward: run(trainForward, true),
    trainGradient: run(trainGradient, abilities.backward),
    evalForward: run(evalForward, abilities.runningPair),
    evalGradient: run(evalGradient, abilities.runningPair && abilities.backward),
    evalWritesNothing: run(evalWritesNothing, abilities.runningPair),
  };
  const failure = Object.values(results).find((result) => result?.failure !== undefined)?.failure;
  const checks = Object.values(results).flatMap((result) => (result === undefined ? [] : [result.check]));
  if (failure !== undefined) {
    return { checks, unexplained: [], faults: [], convention: describeConvention(NOTHING), failure };
  }

  const forwards = {
    train: judgeForward("train", results.trainForward),
    eval: judgeForward("eval", results.evalForward),
  };
  judgeGradient("train", results.trainGradient, forwards.train);
  judgeGradient("eval", results.evalGradient, forwards.eval);
  judgeEpsilon();
  judgeUpdate();
  judgeHabits();

  return {
    checks,
    unexplained: findings.unexplained,
    faults: findings.list(),
    convention: describeConvention({
      epsilon: forwards.train?.epsilon ?? forwards.eval?.epsilon ?? null,
      decay: update?.decay ?? null,
      runningVariance: update?.runningVariance ?? null,
    }),
  };

  function failed(result: ExactResult | undefined): result is ExactResult {
    return result?.check.passed === false;
  }

  /** What a mode's forward pass computes; undefined where that is nothing known, or cannot be seen. */
  function judgeForward(mode: Mode, result: ExactResult | undefined): NamedForward | undefined {
    if (result === undefined) return undefined;
    if (!failed(result)) return { model: rightModel(mode), epsilon, faults: [] };
    const named = nameForward(
      implementation,
      mode,
      chosen.filter(notConstant),
      denominators[mode],
      { declared: declared.epsilon, known: epsilon },
    );
    if (named === undefined) {
      findings.unexplain(result.check, mode === "train" ? "train-forward" : "eval-forward");
      return undefined;
    }
    if (named.faults.length === 0 && sameEpsilon(named.epsilon, epsilon)) {
      findings.unexplain(result.check, mode === "train" ? "train-forward" : "eval-forward");
    }
    const detail = `In ${mode === "train" ? "training" : "eval"} it computes ${describeForward(named.model)}.`;
    for (const id of named.faults) findings.present(id, evidenceFor(id, result), detail);
    return named;
  }

  function judgeGradient(
    mode: Mode,
    result: ExactResult | undefined,
    forward: NamedForward | undefined,
  ): void {
    if (!failed(result)) return;
    const aspect = mode === "train" ? "train-gradient" : "eval-gradient";
    if (forward === undefined) {
      findings.inherit(aspect, `the forward pass in ${mode} mode already fits no known formula`);
      return;
    }
    const named = nameGradients(
      implementation,
      mode,
      chosen.filter(({ rows }) => rows > 2).filter(notConstant),
      forward,
    );
    reportGradients(named, aspect, result, forward);
  }

  function reportGradients(
    { dx, dgamma, dbeta }: NamedGradients,
    aspect: "train-gradient" | "eval-gradient",
    result: ExactResult,
    forward: NamedForward,
  ): void {
    const mode = aspect === "train-gradient" ? "training" : "eval";
    for (const id of dx?.faults ?? []) {
      const detail = dx === undefined ? undefined : `In ${mode} it computes ${describeGradient(dx.model)}.`;
      findings.present(id, evidenceFor(id, result), detail);
    }
    for (const id of [...(dgamma ?? []), ...(dbeta ?? [])]) findings.present(id, evidenceFor(id, result));
    const unknown = [dx === undefined && "dx", dgamma === undefined && "dγ", dbeta === undefined && "dβ"];
    const names = unknown.filter((name) => name !== false).join(", ");
    const rightForward = forward.faults.length === 0 && sameEpsilon(forward.epsilon, epsilon);
    const faults = [dx?.faults, dgamma, dbeta].flatMap((ids) => ids ?? []);
    if (rightForward && (names !== "" || faults.length === 0)) findings.unexplain(result.check, aspect);
    else if (names !== "") {
      findings.inherit(aspect, `the forward pass is wrong, and ${names} fits no formula for it`);
    }
  }

  function judgeEpsilon(): void {
    const expected = declared.epsilon ?? forwards.train?.epsilon;
    if (expected === undefined) return;
    for (const mode of ["train", "eval"] as const) {
      const forward = forwards[mode];
      if (forward === undefined || forward.faults.includes("epsilon-missing-in-forward")) continue;
      if (sameEpsilon(forward.epsilon, expected)) continue;
      const evidence = { input: `in ${mode} mode`, what: "ε", expected, seen: forward.epsilon };
      findings.present("epsilon-not-as-declared", evidence);
    }
  }

  function judgeUpdate(): void {
    const { update: pair, evalWritesNothing: writes } = results;
    if (findings.has("wrong-axis")) {
      findings.inherit(
        "update",
        "statistics are taken along rows, so there is nothing for a feature to keep",
      );
    } else if (update !== undefined) {
      for (const id of update.faults) findings.present(id, update.evidence[id]);
      if (failed(pair) && update.faults.length === 0) explainUpdate(pair, update);
    }
    if (!failed(writes)) return;
    const changed = writes.findings.find(({ used }) => used > 1)?.evidence;
    if (/^(pop|batches)/.test(changed?.what ?? "")) findings.present("stats-updated-in-eval", changed);
    else findings.unexplain(writes.check, "eval-writes");
  }

  function explainUpdate(pair: ExactResult, { decay, runningVariance }: FoundUpdate): void {
    // What enters the pair is then another pass's fault: the mean and variance of a wrong forward pass.
    const inherited =
      (forwards.train?.faults.length ?? 0) > 0 && (decay === undefined || runningVariance === undefined);
    if (inherited)
      findings.inherit("update", "the forward pass of training is wrong, and so is what enters the pair");
    else findings.unexplain(pair.check, "update");
  }

  function judgeHabits(): void {
    const [first] = chosen;
    const right = (forward: NamedForward | undefined) => forward !== undefined && forward.faults.length === 0;
    const far = farFromZero(implementation, epsilon, right(forwards.train), right(forwards.eval));
    findings.habit("variance-cancellation", far.variance);
    findings.habit("mean-rounding", far.mean);
    findings.habit("folded-affine-cancellation", far.eval);
    findings.habit("batch-of-one-accepted", batchOfOne(implementation));
    findings.habit("stats-poisoned-by-nan", nanBatch(implementation, first));
    findings.habit("gradient-overwritten", accumulation(implementation, first));
    findings.habit("affine-never-trained", trainedParameters(implementation));
    const { pair, check } = saveAndLoad(implementation, first);
    findings.habit("checkpoint-omits-stats", pair);
    if (check !== undefined) findings.unexplained.push(check);
  }
}

const NOTHING = { epsilon: null, decay: null, runningVariance: null };

/** Two numbers that rounding could make of one ε. */
const sameEpsilon = (a: number, b: number) => Math.abs(a - b) <= 1e-4 * b;

const chosenEpsilon = (epsilon: number) => (epsilon > 0 ? epsilon : 1e-6);

const notConstant = ({ x }: Trial) => Array.prototype.some.call(x, (value) => value !== x[0]);

const rightModel = (mode: Mode): ForwardModel => ({
  normalisation: mode === "train" ? BY_BATCH : BY_RUNNING_PAIR,
  gamma: true,
  beta: true,
});
