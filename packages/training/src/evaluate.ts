import { type Sequential, softmaxCrossEntropy } from "@handgrad/layers";
import { argmax, type FloatDType } from "@handgrad/tensor";
import { batches } from "./batches.js";
import { breather } from "./breathe.js";
import type { Examples } from "./examples.js";

export interface Evaluation {
  /** Mean softmax cross-entropy, in nats. */
  readonly loss: number;
  /** Share of the examples whose greatest logit is the label's, in [0, 1]. */
  readonly accuracy: number;
}

/**
 * Loss and accuracy of `model` on `examples`, in eval mode: nothing in the model changes.
 * `batchSize` (default 256) bounds the memory; with a correct model it does not change the result, but for the rounding of the mean loss.
 */
export async function evaluate<In extends number, Out extends number, D extends FloatDType>(
  model: Sequential<In, Out, D>,
  examples: Examples<NoInfer<In>, NoInfer<D>>,
  { batchSize = 256 }: { readonly batchSize?: number } = {},
): Promise<Evaluation> {
  const breathe = breather();
  let loss = 0;
  let hits = 0;
  for (const { inputs, labels } of batches(examples, { batchSize })) {
    const logits = model.forward(inputs, "eval");
    loss += softmaxCrossEntropy(logits, labels).loss * labels.data.length;
    const predicted = argmax(logits, 1);
    for (const [i, label] of labels.data.entries()) if (predicted.data[i] === label) hits++;
    await breathe();
  }
  const count = examples.labels.data.length;
  return { loss: loss / count, accuracy: hits / count };
}
