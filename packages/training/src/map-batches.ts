/**
 * `transform` of every batch, when it is asked for: augmentation, another normalisation, parsing. Every pass over the
 * result passes over `batches` again.
 */
export function mapBatches<A, B>(batches: Iterable<A>, transform: (batch: A) => B): Iterable<B>;
export function mapBatches<A, B>(
  batches: AsyncIterable<A>,
  transform: (batch: A) => B | Promise<B>,
): AsyncIterable<B>;
export function mapBatches<A, B>(
  batches: Iterable<A> | AsyncIterable<A>,
  transform: (batch: A) => B,
): Iterable<B> | AsyncIterable<B | Awaited<B>> {
  if (Symbol.asyncIterator in batches) {
    return {
      async *[Symbol.asyncIterator]() {
        for await (const batch of batches) yield transform(batch);
      },
    };
  }
  return {
    *[Symbol.iterator]() {
      for (const batch of batches) yield transform(batch);
    },
  };
}
