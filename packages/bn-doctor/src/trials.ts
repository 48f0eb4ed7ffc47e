import type { BatchNormState } from "./implementation.js";

/** One input for a layer, with the state in which it is to be tried. */
export interface Trial {
  /** For people: "a chosen batch of 5 rows". */
  readonly name: string;
  readonly x: ArrayLike<number>;
  readonly rows: number;
  /** A random upstream gradient: a constant one would make dx vanish, in a faulty layer too. */
  readonly dy: ArrayLike<number>;
  readonly state: Partial<BatchNormState>;
}

/**
 * Batches chosen to separate right from wrong: N ≠ C, N small enough for N − 1 to matter, γ ≠ 1, β ≠ 0, a running pair
 * far from the batch's own moments. σ is of the order of 1 in one and of √ε, where ε matters, in another; then three
 * rows, two rows, many rows, and rows that are all alike, where ε alone is under the root.
 */
export function chosenTrials(features: number, epsilon: number): Trial[] {
  const rows = features === 5 ? 6 : 5;
  // More than any vector of a processor holds, and no multiple of one.
  const many = features === 37 ? 39 : 37;
  const small = Math.sqrt(epsilon);
  return [
    chosenTrial({ name: `a chosen batch of ${rows} rows`, features, rows, sigma: 1, seed: 1 }),
    chosenTrial({
      name: `a chosen batch of ${rows} rows with σ² near ε`,
      features,
      rows,
      sigma: small,
      seed: 2,
    }),
    chosenTrial({ name: "a chosen batch of 3 rows", features, rows: 3, sigma: 1, seed: 4 }),
    chosenTrial({ name: "a chosen batch of 2 rows", features, rows: 2, sigma: 1, seed: 5 }),
    chosenTrial({
      name: `a chosen batch of ${many} rows`,
      features,
      rows: many,
      sigma: 1,
      seed: 7,
    }),
    constantTrial(features),
  ];
}

/** A batch from a trained network, on the layer as training left it. */
export function realTrial(batch: { x: ArrayLike<number>; rows: number }): Trial {
  const random = uniform(3);
  return {
    name: `a batch of ${batch.rows} rows from training`,
    ...batch,
    dy: numbers(batch.x.length, () => spread(random)),
    state: {},
  };
}

/** A chosen batch with mean and deviation of the order of `sigma`. */
function chosenTrial(options: {
  readonly name: string;
  readonly features: number;
  readonly rows: number;
  readonly sigma: number;
  readonly seed: number;
}): Trial {
  const { name, features, rows, sigma, seed } = options;
  const random = uniform(seed);
  const centre = numbers(features, () => sigma * spread(random));
  const deviation = numbers(features, () => sigma * (0.5 + random()));
  return {
    name,
    x: numbers(rows * features, (i) => centre[i % features] + deviation[i % features] * spread(random)),
    rows,
    dy: numbers(rows * features, () => spread(random)),
    state: {
      ...affine(features, random),
      popMean: numbers(features, () => sigma * spread(random)),
      popVar: numbers(features, () => sigma * sigma * (0.5 + random())),
    },
  };
}

/** Four equal rows of numbers that no sum rounds: σ² is 0 exactly, however it is computed. */
function constantTrial(features: number): Trial {
  const random = uniform(6);
  const rows = 4;
  return {
    name: `a chosen batch of ${rows} equal rows`,
    x: new Float32Array(rows * features).fill(2),
    rows,
    dy: numbers(rows * features, () => spread(random)),
    state: {
      ...affine(features, random),
      popMean: numbers(features, () => spread(random)),
      popVar: numbers(features, () => 0.5 + random()),
    },
  };
}

function affine(features: number, random: () => number) {
  const signed = () => (random() < 0.5 ? -1 : 1) * (0.5 + random());
  return { gamma: numbers(features, signed), beta: numbers(features, signed) };
}

/** float32 numbers, which a layer of either precision holds exactly. */
export function numbers(length: number, next: (i: number) => number): Float32Array {
  return new Float32Array(length).map((_, i) => next(i));
}

/** Mean 0, variance 1. */
export function spread(random: () => number): number {
  return Math.sqrt(12) * (random() - 0.5);
}

/** Uniform in [0, 1): the mulberry32 generator. */
export function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}
