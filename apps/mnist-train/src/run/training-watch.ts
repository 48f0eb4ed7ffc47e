import type { Model, Network } from "laboratory";
import type { Point } from "./point.js";

/** A percentile of the pre-activations of one unit over the rows of a batch, along the training. */
export const PERCENTILES = [15, 50, 85] as const;
/** Every one of the first steps is watched, in which the running pair settles. */
const FIRST_STEPS = 20;
/** Further steps that are watched, about. */
const LATER_STEPS = 50;
/** Hidden layers that are watched: the first, one in the middle, the last. */
const LAYERS = 3;
/** Features of a batch norm that are watched. */
const FEATURES = 3;
/** First weights are drawn at random, so the first unit is as typical as any. */
export const UNIT = 0;

/** What one hidden layer's activation gets: {@link UNIT}'s values over the rows of a training batch. */
export interface PreActivations {
  /** Of the hidden layers, from 1. */
  readonly hidden: number;
  /** In the order of {@link PERCENTILES}. */
  readonly percentiles: readonly (readonly Point[])[];
}

/** One feature of a batch norm: its running pair beside the moments of the training batch at hand. */
export interface RunningPair {
  readonly layer: number;
  /** Of the model's batch norms, from 0. */
  readonly batchNorm: number;
  readonly feature: number;
  readonly popMean: readonly Point[];
  readonly popVar: readonly Point[];
  readonly batchMean: readonly Point[];
  readonly batchVar: readonly Point[];
}

/** ‖gradient‖₂ of all parameters of one layer together. */
export interface GradientNorm {
  readonly layer: number;
  readonly name: string;
  readonly points: readonly Point[];
}

/** What was seen of one training run. */
export interface Watched {
  readonly preActivations: readonly PreActivations[];
  readonly runningPairs: readonly RunningPair[];
  readonly gradientNorms: readonly GradientNorm[];
}

/**
 * Looks at what the training's own passes leave behind, at some 70 of the steps. It makes no pass itself, so it
 * changes neither weights nor running pairs, not even those of a batch norm that moves its pair in eval mode.
 */
export class TrainingWatch {
  readonly #series = new Map<string, Point[]>();
  #network: Network | undefined;

  /** To be called after each step, before the next one clears the gradients. */
  observe(network: Network, step: number, totalSteps: number): void {
    this.#network = network;
    if (step > FIRST_STEPS && step !== totalSteps && step % Math.ceil(totalSteps / LATER_STEPS) !== 0) return;
    const record = (name: string, value: number) => {
      this.#points(name).push([step, value]);
    };
    for (const { index, layer } of someOf(network.activations)) {
      const values = column(layer.lastBatch, UNIT).sort();
      for (const p of PERCENTILES) record(`${index}.percentile${p}`, percentile(values, p));
    }
    for (const { index, layer } of someOf(network.batchNorms)) {
      const { popMean, popVar } = layer.state;
      for (let j = 0; j < Math.min(FEATURES, layer.inWidth); j++) {
        const { mean, variance } = moments(column(layer.lastBatch, j));
        record(`${index}.popMean${j}`, popMean.data[j]);
        record(`${index}.popVar${j}`, popVar.data[j]);
        record(`${index}.batchMean${j}`, mean);
        record(`${index}.batchVar${j}`, variance);
      }
    }
    for (const [index, norm] of gradientNorms(network.model)) record(`${index}.gradientNorm`, norm);
  }

  /** What it has seen so far. */
  save(): Readonly<Record<string, readonly Point[]>> {
    return Object.fromEntries([...this.#series].map(([name, points]) => [name, [...points]]));
  }

  /** Takes back what {@link save} gave, of the same network. */
  restore(network: Network, saved: ReturnType<TrainingWatch["save"]>): void {
    this.#network = network;
    for (const [name, points] of Object.entries(saved)) this.#series.set(name, [...points]);
  }

  /** Empty where not one step was done. */
  get watched(): Watched {
    const network = this.#network;
    if (!network) return { preActivations: [], runningPairs: [], gradientNorms: [] };
    return {
      preActivations: someOf(network.activations).map(({ index }) => ({
        hidden: 1 + network.activations.findIndex((activation) => activation.index === index),
        percentiles: PERCENTILES.map((p) => this.#points(`${index}.percentile${p}`)),
      })),
      runningPairs: someOf(network.batchNorms).flatMap(({ index, layer }) =>
        Array.from({ length: Math.min(FEATURES, layer.inWidth) }, (_, feature) => ({
          layer: index,
          batchNorm: network.batchNorms.findIndex((batchNorm) => batchNorm.index === index),
          feature,
          popMean: this.#points(`${index}.popMean${feature}`),
          popVar: this.#points(`${index}.popVar${feature}`),
          batchMean: this.#points(`${index}.batchMean${feature}`),
          batchVar: this.#points(`${index}.batchVar${feature}`),
        })),
      ),
      gradientNorms: gradientNorms(network.model).map(([layer]) => ({
        layer,
        name: network.model.layers[layer].name ?? network.model.layers[layer].constructor.name,
        points: this.#points(`${layer}.gradientNorm`),
      })),
    };
  }

  #points(name: string): Point[] {
    const points = this.#series.get(name) ?? [];
    this.#series.set(name, points);
    return points;
  }
}

/** All of up to {@link LAYERS}; of more the first, the middle one and the last. */
function someOf<Item>(items: readonly Item[]): readonly Item[] {
  if (items.length <= LAYERS) return items;
  return [items[0], items[items.length >> 1], items[items.length - 1]];
}

function column(
  {
    data,
    shape: [rows, width],
  }: { readonly data: ArrayLike<number>; readonly shape: readonly [number, number] },
  j: number,
): Float64Array {
  return new Float64Array(rows).map((_, i) => data[i * width + j]);
}

/** Of sorted values, linearly between the two nearest ranks, as NumPy does by default. */
export function percentile(sorted: Float64Array, p: number): number {
  const rank = (p / 100) * (sorted.length - 1);
  const low = sorted[Math.floor(rank)];
  return low + (rank - Math.floor(rank)) * (sorted[Math.ceil(rank)] - low);
}

/** Mean and biased variance. */
function moments(values: Float64Array): { readonly mean: number; readonly variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}

/** Layer by layer, of those that have parameters; `grad` still holds the last step's gradient. */
function gradientNorms({ layers }: Model): (readonly [layer: number, norm: number])[] {
  return layers.flatMap(({ params }, index) => {
    const parameters = Object.values(params ?? {});
    if (parameters.length === 0) return [];
    const sum = parameters.reduce((total, { grad }) => total + sumOfSquares(grad.data), 0);
    return [[index, Math.sqrt(sum)] as const];
  });
}

/** In four sums side by side, none of which waits for another: a quarter of the time. */
function sumOfSquares(values: ArrayLike<number>): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const even = values.length - (values.length % 4);
  for (let i = 0; i < even; i += 4) {
    a += values[i] * values[i];
    b += values[i + 1] * values[i + 1];
    c += values[i + 2] * values[i + 2];
    d += values[i + 3] * values[i + 3];
  }
  for (let i = even; i < values.length; i++) a += values[i] * values[i];
  return a + b + c + d;
}
