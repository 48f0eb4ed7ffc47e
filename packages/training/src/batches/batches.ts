import {
  type FloatDType,
  gatherRows,
  permutation,
  type Random,
  sliceRows,
  type Workspace,
} from "@handgrad/tensor";
import { requireCount } from "../require.js";
import { type Batches, type Drawn, type Examples, requireExamples } from "./examples.js";

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
): Iterable<Examples<F, D>> & Drawn {
  requireExamples("batches", examples);
  const count = examples.inputs.shape[0];
  requireCount("batches: batchSize", batchSize);
  if (dropLast && count < batchSize) {
    throw new RangeError(
      `batches: ${count} examples make no full batch of ${batchSize}, and dropLast leaves out others`,
    );
  }
  const end = dropLast ? count - (count % batchSize) : count;
  const result = {
    ...(rng && { random: [rng] }),
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
  own.add(result);
  return result;
}

/** What {@link batches} gave: nobody but the caller sees what these iterate over. */
const own = new WeakSet<object>();

/** Throws for a dataset where its batches belong, and for whatever else cannot be gone through. */
export function requireIterable(what: string, all: Batches<number, FloatDType>): void {
  if (Symbol.iterator in Object(all) || Symbol.asyncIterator in Object(all)) return;
  throw new TypeError(
    `${what} must be an iterable of { inputs, labels }, such as batches(examples, { batchSize: 32 })`,
  );
}

/** One pass over the batches after the other, each beginning a pass of the workspace, which has batches of our own too. */
export function passes<F extends number, D extends FloatDType>(
  all: Batches<F, D>,
  workspace: Workspace | undefined,
): Batches<F, D> {
  if (!workspace) return all;
  return own.has(all) ? inside(all as Iterable<Examples<F, D>>, workspace) : outside(all, workspace);
}

function* inside<T>(all: Iterable<T>, workspace: Workspace): Generator<T> {
  const iterator = all[Symbol.iterator]();
  for (;;) {
    workspace.restart();
    const { done, value } = workspace.run(() => iterator.next());
    if (done) return;
    yield value;
  }
}

async function* outside<F extends number, D extends FloatDType>(
  all: Batches<F, D>,
  workspace: Workspace,
): AsyncGenerator<Examples<F, D>> {
  for await (const batch of all) {
    workspace.restart();
    // One copy to where the engine reaches it, instead of one at each use.
    const inputs = workspace.run(() => sliceRows(batch.inputs, 0)) as typeof batch.inputs;
    yield { ...batch, inputs };
  }
}
