import type { Check } from "./check.js";
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
import { type Denominators, rounded, smallestDenominators } from "./naming/find-epsilon.js";
import { type FoundUpdate, findUpdate } from "./naming/find-update.js";
import { type NamedForward, nameForward } from "./naming/name-forward.js";
import { nameGradients } from "./naming/name-gradients.js";
import { chosenTrials, type Trial } from "./trials.js";

/** How an examination went: what `diagnose` makes a diagnosis of. */
export interface Examination {
  readonly checks: readonly Check[];
  /** Failed checks that no fault explains. */
  readonly unexplained: readonly Check[];
  readonly faults: readonly FaultFinding[];
  readonly convention: Convention;
  /** The implementation threw or gave back the wrong thing: nothing can be said of it but that. */
  readonly failure?: ImplementationError | undefined;
}

export interface ExamineOptions {
  /** For people, where there are several layers: "layer 1 (BatchNorm)". */
  readonly name?: string;
  /** A batch to be tried beside the chosen ones. */
  readonly real?: Trial | undefined;
}

/** Looks at everything that an implementation lets see. Leaves it as it was, but for the cache of its last pass. */
export function examine(
  implementation: GuardedImplementation,
  declared: Partial<Declaration>,
  options: ExamineOptions = {},
): Examination {
  try {
    return implementation.undisturbed(() => new Examiner(implementation, declared, options).examine());
  } catch (failure) {
    if (!(failure instanceof ImplementationError)) throw failure;
    return { ...NOTHING, checks: [], failure };
  }
}

const NOTHING = {
  unexplained: [],
  faults: [],
  convention: describeConvention({ epsilon: null, decay: null, runningVariance: null }),
};

/** Where nothing is declared and nothing can be found. */
const FALLBACK: Declaration = { epsilon: 1e-5, decay: 0.9, runningVariance: "biased" };

/** An ε to choose batches by, where the implementation's own is 0. */
const SMALL = 1e-6;

/**
 * One examination: finds the convention, runs the exact checks against it, and names what makes them fail. The checks
 * decide what is right, to within rounding; the names come from models that need only be near.
 */
class Examiner {
  readonly #implementation: GuardedImplementation;
  readonly #declared: Partial<Declaration>;
  readonly #options: ExamineOptions;
  readonly #findings: FaultFindings;
  readonly #denominators: Readonly<Record<Mode, Denominators>>;
  /** Declared, or else found. */
  readonly #epsilon: number;
  readonly #chosen: readonly Trial[];
  readonly #update: FoundUpdate | undefined;

  constructor(
    implementation: GuardedImplementation,
    declared: Partial<Declaration>,
    options: ExamineOptions,
  ) {
    this.#implementation = implementation;
    this.#declared = declared;
    this.#options = options;
    this.#findings = new FaultFindings(implementation, declared);
    this.#denominators = {
      train: smallestDenominators(implementation, "train"),
      eval: smallestDenominators(implementation, "eval"),
    };
    const smallest = this.#denominators.train.batch ?? this.#denominators.eval["running pair"];
    const found = smallest === undefined ? undefined : rounded(smallest * smallest, implementation.precision);
    this.#epsilon = declared.epsilon ?? found ?? FALLBACK.epsilon;
    this.#chosen = trialsFor(implementation.features, this.#epsilon, found);
    this.#update = implementation.abilities.runningPair
      ? findUpdate(implementation, this.#epsilon, declared)
      : undefined;
  }

  examine(): Examination {
    const results = this.#runChecks();
    const all = Object.values(results).filter((result) => result !== undefined);
    const checks = all.map(({ check }) => check);
    const failure = all.find((result) => result.failure !== undefined)?.failure;
    if (failure !== undefined) return { ...NOTHING, checks, failure };

    const forwards = {
      train: this.#judgeForward("train", results.trainForward),
      eval: this.#judgeForward("eval", results.evalForward),
    };
    this.#judgeGradient("train", results.trainGradient, forwards.train);
    this.#judgeGradient("eval", results.evalGradient, forwards.eval);
    this.#judgeEpsilon(forwards);
    this.#judgeUpdate(results.update, forwards.train);
    this.#judgeEvalWrites(results.evalWritesNothing);
    this.#judgeHabits(forwards);

    return {
      checks,
      unexplained: this.#findings.unexplained,
      faults: this.#findings.list(),
      convention: describeConvention({
        epsilon: forwards.train?.epsilon ?? forwards.eval?.epsilon ?? null,
        decay: this.#update?.decay ?? null,
        runningVariance: this.#update?.runningVariance ?? null,
      }),
    };
  }

  #runChecks() {
    const { runningPair, backward } = this.#implementation.abilities;
    const { name, real } = this.#options;
    const { decay, runningVariance } = this.#declared;
    const examined = {
      name,
      implementation: this.#implementation,
      declared: {
        epsilon: this.#epsilon,
        decay: decay ?? this.#update?.exactDecay ?? FALLBACK.decay,
        runningVariance: runningVariance ?? this.#update?.runningVariance ?? FALLBACK.runningVariance,
      },
      chosen: this.#chosen,
      trials: real === undefined ? this.#chosen : [...this.#chosen, real],
    };
    const run = (check: ExactCheck, able: boolean) => (able ? runExactCheck(check, examined) : undefined);
    return {
      // No declaration says how a decay that varies must go on.
      update: run(
        batchStatisticsUpdate,
        runningPair && (decay !== undefined || this.#update?.decay !== "varying"),
      ),
      trainForward: run(trainForward, true),
      trainGradient: run(trainGradient, backward),
      evalForward: run(evalForward, runningPair),
      evalGradient: run(evalGradient, runningPair && backward),
      evalWritesNothing: run(evalWritesNothing, runningPair),
    };
  }

  /** What a mode's forward pass computes; undefined where that is nothing known, or cannot be seen. */
  #judgeForward(mode: Mode, result: ExactResult | undefined): NamedForward | undefined {
    if (result === undefined) return undefined;
    if (!failed(result)) return { model: rightModel(mode), epsilon: this.#epsilon, faults: [] };
    const aspect = mode === "train" ? "train-forward" : "eval-forward";
    const named = nameForward(
      this.#implementation,
      mode,
      this.#chosen.filter(notConstant),
      this.#denominators[mode],
      { declared: this.#declared.epsilon, known: this.#epsilon },
    );
    if (named === undefined || this.#isRight(named)) {
      this.#findings.unexplain(result.check, aspect);
      return named;
    }
    const detail = `${inMode(mode)} it computes ${describeForward(named.model)}.`;
    for (const id of named.faults) this.#findings.present(id, evidenceFor(id, result), detail);
    return named;
  }

  #judgeGradient(mode: Mode, result: ExactResult | undefined, forward: NamedForward | undefined): void {
    if (!failed(result)) return;
    const aspect = mode === "train" ? "train-gradient" : "eval-gradient";
    if (forward === undefined) {
      this.#findings.inherit(aspect, `the forward pass in ${mode} mode fits no known formula already`);
      return;
    }
    const trials = this.#chosen.filter(notConstant).filter(({ rows }) => rows > 2);
    const { dx, dgamma, dbeta } = nameGradients(this.#implementation, mode, trials, forward);
    if (dx !== undefined) {
      const detail = `${inMode(mode)} it computes ${describeGradient(dx.model)}.`;
      for (const id of dx.faults) this.#findings.present(id, evidenceFor(id, result), detail);
    }
    const affine = [...(dgamma ?? []), ...(dbeta ?? [])];
    for (const id of affine) this.#findings.present(id, evidenceFor(id, result));

    const unknown = Object.entries({ dx, dγ: dgamma, dβ: dbeta }).filter(([, named]) => named === undefined);
    const nothingWrong = unknown.length === 0 && dx?.faults.length === 0 && affine.length === 0;
    if (this.#isRight(forward)) {
      if (unknown.length > 0 || nothingWrong) this.#findings.unexplain(result.check, aspect);
    } else if (unknown.length > 0) {
      const names = unknown.map(([name]) => name).join(", ");
      this.#findings.inherit(aspect, `the forward pass is wrong, and ${names} fits no formula for it`);
    }
  }

  #judgeEpsilon(forwards: Readonly<Record<Mode, NamedForward | undefined>>): void {
    const expected = this.#declared.epsilon ?? forwards.train?.epsilon;
    if (expected === undefined) return;
    for (const mode of ["train", "eval"] as const) {
      const forward = forwards[mode];
      if (forward === undefined || forward.faults.includes("epsilon-missing-in-forward")) continue;
      if (sameEpsilon(forward.epsilon, expected)) continue;
      const evidence = { input: `in ${mode} mode`, what: "ε", expected, seen: forward.epsilon };
      this.#findings.present("epsilon-not-as-declared", evidence);
    }
  }

  #judgeUpdate(result: ExactResult | undefined, forward: NamedForward | undefined): void {
    if (this.#update === undefined) return;
    if (this.#findings.has("wrong-axis")) {
      this.#findings.inherit("update", "statistics go along rows, so there is nothing for a feature to keep");
      return;
    }
    const { faults, evidence, decay, runningVariance } = this.#update;
    for (const id of faults) this.#findings.present(id, evidence[id]);
    if (!failed(result) || faults.length > 0) return;
    const known = decay !== undefined && runningVariance !== undefined;
    if (!known && forward !== undefined && forward.faults.length > 0) {
      this.#findings.inherit("update", "the forward pass is wrong, and so is what enters the pair");
    } else this.#findings.unexplain(result.check, "update");
  }

  #judgeEvalWrites(result: ExactResult | undefined): void {
    if (!failed(result)) return;
    const changed = result.findings.find(({ used }) => used > 1)?.evidence;
    if (/^(pop|batches)/.test(changed?.what ?? "")) this.#findings.present("stats-updated-in-eval", changed);
    else this.#findings.unexplain(result.check, "eval-writes");
  }

  #judgeHabits(forwards: Readonly<Record<Mode, NamedForward | undefined>>): void {
    const [first] = this.#chosen;
    const right = (forward: NamedForward | undefined) => forward !== undefined && this.#isRight(forward);
    const habit = this.#findings.habit.bind(this.#findings);
    const far = farFromZero(this.#implementation, this.#epsilon, right(forwards.train), right(forwards.eval));
    habit("variance-cancellation", far.variance);
    habit("mean-rounding", far.mean);
    habit("folded-affine-cancellation", far.eval);
    habit("batch-of-one-accepted", batchOfOne(this.#implementation));
    habit("stats-poisoned-by-nan", nanBatch(this.#implementation, first));
    const accumulated = accumulation(this.#implementation, first);
    habit("gradient-overwritten", accumulated.overwritten);
    habit("affine-never-trained", trainedParameters(this.#implementation));
    const loaded = saveAndLoad(this.#implementation, first);
    habit("checkpoint-omits-stats", loaded.pair);
    for (const { check } of [accumulated, loaded]) {
      if (check !== undefined) this.#findings.unexplained.push(check);
    }
  }

  #isRight({ faults, epsilon }: NamedForward): boolean {
    return faults.length === 0 && sameEpsilon(epsilon, this.#epsilon);
  }
}

/** The chosen batches, and one more where ε is declared but the implementation works with another. */
function trialsFor(features: number, epsilon: number, found: number | undefined): Trial[] {
  const size = epsilon > 0 ? epsilon : SMALL;
  // With ε declared 0 equal rows are 0/0: nothing is right there.
  const trials = chosenTrials(features, size).filter((trial) => epsilon > 0 || notConstant(trial));
  if (found === undefined || found === 0 || Math.abs(Math.log(found / size)) < Math.LN2) return trials;
  const [, nearEpsilon] = chosenTrials(features, found);
  return [...trials, { ...nearEpsilon, name: `${nearEpsilon.name} as found` }];
}

const failed = (result: ExactResult | undefined): result is ExactResult => result?.check.passed === false;

/** Two numbers that rounding could make of one ε. */
const sameEpsilon = (a: number, b: number) => Math.abs(a - b) <= 1e-4 * b;

const inMode = (mode: Mode) => (mode === "train" ? "In training" : "In eval");

const notConstant = ({ x }: Trial) => Array.prototype.some.call(x, (value) => value !== x[0]);

const rightModel = (mode: Mode): ForwardModel => ({
  normalisation: mode === "train" ? BY_BATCH : BY_RUNNING_PAIR,
  gamma: true,
  beta: true,
});
