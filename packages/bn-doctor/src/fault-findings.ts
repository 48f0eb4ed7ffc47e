import { entries, type FaultId } from "./catalogue.js";
import type { Check } from "./check.js";
import type { ExactResult } from "./checks/exact-check.js";
import type { FaultEvidence, FaultFinding } from "./diagnosis.js";
import type { GuardedImplementation } from "./guarded-implementation.js";
import type { Habit } from "./habits/habit.js";
import type { Declaration } from "./implementation.js";

/** The parts of an implementation in which a fault may sit. */
export type Aspect =
  | "train-forward"
  | "eval-forward"
  | "train-gradient"
  | "eval-gradient"
  | "update"
  | "eval-writes";

const EITHER_FORWARD: readonly FaultId[] = [
  "wrong-axis",
  "unbiased-in-forward",
  "epsilon-outside-root",
  "epsilon-missing-in-forward",
  "epsilon-not-as-declared",
  "missing-root",
  "affine-ignored",
];

const EITHER_GRADIENT: readonly FaultId[] = [
  "gamma-missing-in-dx",
  "gamma-squared-in-dx",
  "epsilon-missing-in-backward",
  "dgamma-from-x",
  "affine-gradient-averaged",
];

/** Faults that cannot be seen, where an aspect cannot. */
const FAULTS_OF: Readonly<Record<Aspect, readonly FaultId[]>> = {
  "train-forward": ["train-uses-pop-stats", ...EITHER_FORWARD],
  "eval-forward": ["eval-uses-batch-stats", ...EITHER_FORWARD],
  "train-gradient": [
    "gradient-ignores-statistics",
    "gradient-ignores-mean",
    "gradient-ignores-variance",
    "sum-for-mean",
    "bessel-in-backward",
    ...EITHER_GRADIENT,
  ],
  "eval-gradient": ["train-formula-in-eval", ...EITHER_GRADIENT],
  update: [
    "stats-never-updated",
    "decay-inverted",
    "decay-not-as-declared",
    "stats-hold-deviation",
    "stats-average-inverse-deviation",
    "stats-bessel-mismatch",
    "stats-updated-twice",
    "epsilon-folded-into-stats",
  ],
  "eval-writes": ["stats-updated-in-eval"],
};

/** Collects what is found of each fault. What is present stays so; what could not be seen is not absent. */
export class FaultFindings {
  /** Failed checks that no fault explains. */
  readonly unexplained: Check[] = [];
  readonly #present = new Map<FaultId, { evidence: FaultEvidence | undefined; detail: string | undefined }>();
  readonly #notJudged = new Map<FaultId, string>();

  constructor({ abilities }: GuardedImplementation, declared: Partial<Declaration>) {
    const unseen = (why: string, ids: readonly FaultId[]) => {
      for (const id of ids) this.#notJudged.set(id, why);
    };
    if (declared.decay === undefined) {
      unseen("no decay was declared", ["decay-inverted", "decay-not-as-declared", "stats-updated-twice"]);
    }
    if (declared.runningVariance === undefined) {
      unseen("no running variance was declared", ["stats-bessel-mismatch"]);
    }
    if (declared.epsilon === undefined) unseen("no epsilon was declared", ["epsilon-not-as-declared"]);
    if (!abilities.dgamma) unseen("backward gives no dgamma", ["dgamma-from-x", "affine-gradient-averaged"]);
    if (!abilities.gamma && !abilities.beta) unseen("read gives no gamma and beta", ["affine-ignored"]);
    if (!abilities.gamma) unseen("read gives no gamma", ["gamma-missing-in-dx", "gamma-squared-in-dx"]);
    if (!abilities.runningPair) {
      unseen("read gives no running pair", [
        ...FAULTS_OF.update,
        "eval-uses-batch-stats",
        "train-uses-pop-stats",
        "train-formula-in-eval",
        "stats-updated-in-eval",
      ]);
    }
    if (!abilities.backward) {
      unseen("backward is not given", [...FAULTS_OF["train-gradient"], ...FAULTS_OF["eval-gradient"]]);
    }
  }

  has(id: FaultId): boolean {
    return this.#present.has(id);
  }

  /** The first evidence of a fault is kept; another mode may find it again. */
  present(id: FaultId, evidence: FaultEvidence | undefined, detail?: string): void {
    if (!this.#present.has(id)) this.#present.set(id, { evidence, detail });
  }

  /** A failed check that fits no fault: those of its aspect are neither present nor absent. */
  unexplain(check: Check, aspect: Aspect): void {
    this.unexplained.push(check);
    this.inherit(aspect, "what it computes is wrong, and fits none of the known faults");
  }

  /** An aspect that cannot be judged because of another. */
  inherit(aspect: Aspect, why: string): void {
    for (const id of FAULTS_OF[aspect]) this.#notJudged.set(id, why);
  }

  habit(id: FaultId, habit: Habit): void {
    if (habit.status === "present") this.present(id, habit.evidence);
    if (habit.status === "not judged") this.#notJudged.set(id, habit.why);
  }

  /** Every fault of the catalogue. */
  list(): FaultFinding[] {
    return (Object.keys(entries) as FaultId[]).map((id): FaultFinding => {
      const { grade, summary, repair } = entries[id];
      const present = this.#present.get(id);
      if (present !== undefined) {
        const { evidence, detail } = present;
        const meaning = detail === undefined ? summary : `${summary} ${detail}`;
        return { id, grade, status: "present", meaning, evidence: evidence && inJson(evidence), repair };
      }
      const why = this.#notJudged.get(id);
      if (why !== undefined) return { id, grade, status: "not judged", meaning: `Not judged: ${why}.` };
      return { id, grade, status: "absent", meaning: "Absent." };
    });
  }
}

/** JSON has no NaN and no infinity. */
function inJson({ expected, seen, ...rest }: FaultEvidence): FaultEvidence {
  const text = (value: number | string) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  return { ...rest, expected: text(expected), seen: text(seen) };
}

const QUANTITIES: Partial<Record<FaultId, readonly string[]>> = {
  "dgamma-from-x": ["dγ"],
  "affine-gradient-averaged": ["dγ", "dβ"],
};

/** The number that shows a fault best: the worst of its kind that a check met. */
export function evidenceFor(id: FaultId, { findings }: ExactResult): FaultEvidence | undefined {
  const quantities = QUANTITIES[id] ?? ["dx", "y"];
  const all = findings.filter(({ used, evidence }) => used > 1 && evidence !== undefined);
  const own = all.filter(({ evidence }) => quantities.some((name) => evidence?.what.startsWith(name)));
  const candidates = own.length > 0 ? own : all;
  return candidates.reduce((worst, finding) => (finding.used > worst.used ? finding : worst), candidates[0])
    ?.evidence;
}
