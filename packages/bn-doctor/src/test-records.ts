import type { Mode } from "./implementation.js";
import type { BatchNormRecord } from "./record.js";
import { spread, uniform } from "./trials.js";

/** One feature of a pass, from which a record's numbers are formed. */
export interface Column {
  readonly n: number;
  readonly mode: Mode;
  readonly x: readonly number[];
  readonly dy: readonly number[];
  readonly gamma: number;
  readonly beta: number;
  readonly popMean: number;
  readonly popVar: number;
  readonly epsilon: number;
  /** Of the batch. */
  readonly mu: number;
  readonly variance: number;
  /** What this mode normalises by. */
  readonly mean: number;
  readonly r: number;
  readonly xHat: readonly number[];
}

/** What is computed in another way than it should be, from the numbers of one feature. */
export interface Wrong {
  readonly y?: (column: Column) => number[];
  readonly dx?: (column: Column) => number[];
  readonly dgamma?: (column: Column) => number;
  readonly dbeta?: (column: Column) => number;
  readonly newPopMean?: (column: Column) => number;
  readonly newPopVar?: (column: Column) => number;
}

export const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
export const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, i) => sum + value * b[i], 0);

export type FullRecord = { -readonly [Name in keyof BatchNormRecord]-?: BatchNormRecord[Name] };

/** A float64 record by the formulas as they stand in the paper, written out here once more, with one of them wrong. */
export function plainRecord(
  mode: Mode,
  wrong: Wrong = {},
  { rows = 5, features = 3, epsilon = 1e-3, decay = 0.9, scale = 1 } = {},
): FullRecord {
  const random = uniform(rows * 100 + features);
  const columns = Array.from({ length: features }, (): Column => {
    const x = Array.from({ length: rows }, () => scale * (1 + spread(random)));
    const dy = Array.from({ length: rows }, () => spread(random));
    const given = {
      gamma: 1.5 + random(),
      beta: 0.5 + random(),
      popMean: scale * random(),
      popVar: scale * scale * (0.5 + 2 * random()),
    };
    const mu = mean(x);
    const variance = mean(x.map((value) => (value - mu) ** 2));
    const [by, v] = mode === "train" ? [mu, variance] : [given.popMean, given.popVar];
    const r = 1 / Math.sqrt(v + epsilon);
    const xHat = x.map((value) => (value - by) * r);
    return { n: rows, mode, x, dy, ...given, epsilon, mu, variance, mean: by, r, xHat };
  });
  const right: Required<Wrong> = {
    y: ({ xHat, gamma, beta }) => xHat.map((value) => gamma * value + beta),
    dx: ({ dy, xHat, gamma, r }) =>
      dy.map((value, i) =>
        mode === "train"
          ? gamma * r * (value - mean(dy) - (xHat[i] * dot(dy, xHat)) / rows)
          : gamma * r * value,
      ),
    dgamma: ({ dy, xHat }) => dot(dy, xHat),
    dbeta: ({ dy }) => rows * mean(dy),
    newPopMean: ({ popMean, mu }) => (mode === "train" ? decay * popMean + (1 - decay) * mu : popMean),
    newPopVar: ({ popVar, variance }) =>
      mode === "train" ? decay * popVar + (1 - decay) * variance : popVar,
  };
  const made = { ...right, ...wrong };
  const matrix = (of: (column: Column) => readonly number[]) => {
    const each = columns.map(of);
    return Array.from({ length: rows }, (_, n) => each.map((column) => column[n]));
  };
  return {
    mode,
    epsilon,
    precision: "float64",
    x: matrix(({ x }) => x),
    dy: matrix(({ dy }) => dy),
    y: matrix(made.y),
    dx: matrix(made.dx),
    gamma: columns.map(({ gamma }) => gamma),
    beta: columns.map(({ beta }) => beta),
    pop_mean: columns.map(({ popMean }) => popMean),
    pop_var: columns.map(({ popVar }) => popVar),
    dgamma: columns.map(made.dgamma),
    dbeta: columns.map(made.dbeta),
    new_pop_mean: columns.map(made.newPopMean),
    new_pop_var: columns.map(made.newPopVar),
  };
}

/** A record with these fields alone. */
export function only<Name extends keyof FullRecord>(
  record: FullRecord,
  ...names: readonly Name[]
): Pick<FullRecord, Name> {
  return Object.fromEntries(names.map((name) => [name, record[name]])) as Pick<FullRecord, Name>;
}

/** A record without these fields. */
export function without<Name extends keyof FullRecord>(
  record: FullRecord,
  ...names: readonly Name[]
): Omit<FullRecord, Name> {
  const kept = Object.entries(record).filter(([name]) => !names.includes(name as Name));
  return Object.fromEntries(kept) as Omit<FullRecord, Name>;
}
