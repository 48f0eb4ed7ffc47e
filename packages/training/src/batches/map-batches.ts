import type { Random } from "@handgrad/tensor";
import type { Drawn } from "./examples.js";

export interface MapBatchesOptions {
  /** What `transform` draws random numbers from, if it does: a checkpoint of `fit` saves it with those of `batches`. */
  readonly rng?: Random;
}

/**
 * `transform` of every batch, when it is asked for: augmentation, another normalisation, parsing. Every pass over the
 * result passes over `batches` again.
 */
export function mapBatches<A, B>(
  batches: Iterable<A> & Drawn,
  transform: (batch: A) => B,
  options?: MapBatchesOptions,
): Iterable<B> & Drawn;
export function mapBatches<A, B>(
  batches: AsyncIterable<A> & Drawn,
  transform: (batch: A) => B | Promise<B>,
  options?: MapBatchesOptions,
): AsyncIterable<B> & Drawn;
export function mapBatches<A, B>(
  batches: (Iterable<A> | AsyncIterable<A>) & Drawn,
  transform: (batch: A) => B,
  { rng }: MapBatchesOptions = {},
): (Iterable<B> | AsyncIterable<B | Awaited<B>>) & Drawn {
  const random = [...(batches.random ?? []), ...(rng ? [rng] : [])];
  if (Symbol.asyncIterator in batches) {
    return {
      random,
      async *[Symbol.asyncIterator]() {
        for await (const batch of batches) yield transform(batch);
      },
    };
  }
  return {
    random,
    *[Symbol.iterator]() {
      for (const batch of batches) yield transform(batch);
    },
  };
}
