import type { LayerEvidence } from "./evidence.js";
import type { BatchNormState } from "./subject.js";

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
 * Two batches chosen to separate right from wrong: N ≠ C, N small enough for N − 1 to matter, γ ≠ 1, β ≠ 0, a running
 * pair far from the batch's own moments, σ of the order of 1 in one and of √ε, where ε matters, in the other.
 */
export function chosenTrials({ subject }: LayerEvidence): Trial[] {
  return [
    chosenTrial(subject.features, 1, 1),
    chosenTrial(subject.features, Math.sqrt(subject.declared.epsilon), 2),
  ];
}

/** The batch from the trained network, on the layer as training left it. */
export function realTrial({ subject, batch }: LayerEvidence): Trial {
  const { features } = subject;
  const random = uniform(3);
  return {
    name: `a batch of ${batch.rows} rows from training`,
    ...batch,
    dy: numbers(batch.rows * features, () => spread(random)),
    state: { gammaGradient: new Float64Array(features), betaGradient: new Float64Array(features) },
  };
}

function chosenTrial(features: number, sigma: number, seed: number): Trial {
  const random = uniform(seed);
  const rows = features === 5 ? 6 : 5;
  const centre = numbers(features, () => sigma * spread(random));
  const deviation = numbers(features, () => sigma * (0.5 + random()));
  const signed = () => (random() < 0.5 ? -1 : 1) * (0.5 + random());
  return {
    name: `a chosen batch of ${rows} rows`,
    x: numbers(rows * features, (i) => centre[i % features] + deviation[i % features] * spread(random)),
    rows,
    dy: numbers(rows * features, () => spread(random)),
    state: {
      gamma: numbers(features, signed),
      beta: numbers(features, signed),
      popMean: numbers(features, () => sigma * spread(random)),
      popVar: numbers(features, () => sigma * sigma * (0.5 + random())),
      gammaGradient: new Float32Array(features),
      betaGradient: new Float32Array(features),
    },
  };
}

/** float32 numbers, which a layer of either precision holds exactly. */
function numbers(length: number, next: (i: number) => number): Float32Array {
  return new Float32Array(length).map((_, i) => next(i));
}

/** Mean 0, variance 1. */
function spread(random: () => number): number {
  return Math.sqrt(12) * (random() - 0.5);
}

/** Uniform in [0, 1): the mulberry32 generator. */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}
