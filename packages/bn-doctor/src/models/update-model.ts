import type { FaultId } from "../catalogue.js";
import type { Declaration } from "../implementation.js";

/** What a training pass puts into popVar, right or wrong. */
export interface UpdateModel {
  readonly runningVariance: Declaration["runningVariance"];
  readonly faults: readonly FaultId[];
  /** popVar after the pass, from popVar before it, the batch's biased σ², the number of rows, decay and ε. */
  readonly next: (popVar: number, variance: number, rows: number, decay: number, epsilon: number) => number;
  /** "decay·popVar + (1 − decay)·σ²" */
  readonly formula: string;
}

/** decay·old + (1 − decay)·batch */
export const average = (decay: number, old: number, batch: number) =>
  (decay === 0 ? 0 : decay * old) + (1 - decay) * batch;

const root = Math.sqrt;

const KINDS: readonly {
  readonly faults: readonly FaultId[];
  readonly next: (popVar: number, variance: number, decay: number, epsilon: number) => number;
  readonly formula: (v: string) => string;
}[] = [
  {
    faults: [],
    next: (p, v, decay) => average(decay, p, v),
    formula: (v) => `decay·popVar + (1 − decay)·${v}`,
  },
  {
    faults: ["stats-hold-deviation"],
    next: (p, v, decay) => average(decay, p, root(v)),
    formula: (v) => `decay·popVar + (1 − decay)·√(${v})`,
  },
  {
    faults: ["epsilon-folded-into-stats"],
    next: (p, v, decay, epsilon) => average(decay, p, v + epsilon),
    formula: (v) => `decay·popVar + (1 − decay)·(${v} + ε)`,
  },
  {
    faults: ["stats-hold-deviation"],
    next: (p, v, decay) => average(decay, root(p), root(v)) ** 2,
    formula: (v) => `(decay·√popVar + (1 − decay)·√(${v}))²`,
  },
  {
    faults: ["stats-hold-deviation"],
    next: (p, v, decay, epsilon) => average(decay, p, root(v + epsilon)),
    formula: (v) => `decay·popVar + (1 − decay)·√(${v} + ε)`,
  },
  {
    faults: ["stats-average-inverse-deviation"],
    next: (p, v, decay) => average(decay, 1 / root(p), 1 / root(v)) ** -2,
    formula: (v) => `(decay/√popVar + (1 − decay)/√(${v}))⁻²`,
  },
  {
    faults: ["stats-average-inverse-deviation"],
    next: (p, v, decay, epsilon) =>
      average(decay, 1 / root(p + epsilon), 1 / root(v + epsilon)) ** -2 - epsilon,
    formula: (v) => `(decay/√(popVar + ε) + (1 − decay)/√(${v} + ε))⁻² − ε`,
  },
  {
    faults: ["stats-average-inverse-deviation"],
    next: (p, v, decay, epsilon) => average(decay, p, 1 / root(v + epsilon)),
    formula: (v) => `decay·popVar + (1 − decay)/√(${v} + ε)`,
  },
  {
    faults: ["stats-average-inverse-deviation"],
    next: (p, v, decay) => average(decay, p, 1 / root(v)),
    formula: (v) => `decay·popVar + (1 − decay)/√(${v})`,
  },
];

/** All updates that are told apart, the right ones first. */
export const updateModels: readonly UpdateModel[] = KINDS.flatMap(({ faults, next, formula }) => [
  {
    runningVariance: "biased" as const,
    faults,
    next: (p, v, _, decay, epsilon) => next(p, v, decay, epsilon),
    formula: formula("σ²"),
  },
  {
    runningVariance: "unbiased" as const,
    faults,
    next: (p, v, rows, decay, epsilon) => next(p, (v * rows) / (rows - 1), decay, epsilon),
    formula: formula("σ²·N/(N − 1)"),
  },
]);
