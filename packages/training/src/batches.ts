import { type FloatDType, gatherRows, permutation, type Random, sliceRows } from "@handgrad/tensor";
import { type Examples, requireExamples } from "./examples.js";
import { requireCount } from "./require.js";

export interface BatchesOptions {
  /** Rows of a batch; the last one may have fewer. */
  readonly batchSize: number;
  /** Shuffles anew for every pass over the batches. Without it the order stays. */
  readonly rng?: Random;
  /** Leave out a last batch with fewer than `batchSize` rows; default false. */
  readonly dropLast?: boolean;
}

/**
 * The examples in batches; every pass over the result is one epoch.
 * @throws RangeError for a batch size that is no positive integer, or that leaves no batch.
 */
export function batches<F extends number, D extends FloatDType>(
  examples: Examples<F, D>,
  { batchSize, rng, dropLast = false }: BatchesOptions,
): Iterable<Examples<F, D>> {
  requireExamples("batches", examples);
  const count = examples.inputs.shape[0];
  requireCount("batches: batchSize", batchSize);
  if (dropLast && count < batchSize) {
    throw new RangeError(
      `batches: ${count} examples make no full batch of ${batchSize}, and dropLast leaves out others`,
    );
  }
  const end = dropLast ? count - (count % batchSize) : count;
  return {
    *[Symbol.iterator]() {
      const order = rng && permutation(count, rng).data;
      for (let start = 0; start < end; start += batchSize) {
        const stop = Math.min(start + batchSize, end);
        const pick = order?.subarray(start, stop);
        yield {
          ...examples,
          inputs: (pick
            ? gatherRows(examples.inputs, pick)
            : sliceRows(examples.inputs, start, stop)) as typeof examples.inputs,
          labels: pick ? gatherRows(examples.labels, pick) : sliceRows(examples.labels, start, stop),
        };
      }
    },
  };
}
