import { isTransient, type Sequential, softmaxCrossEntropy } from "@handgrad/layers";
import { type FloatDType, Workspace } from "@handgrad/tensor";
import { batches, passes, requireIterable } from "../batches/batches.js";
import { type Batches, type Examples, requireClasses } from "../batches/examples.js";
import { breather } from "../fit/breathe.js";
import { ConfusionMatrix } from "./metrics.js";

export interface Evaluation {
  /** Mean softmax cross-entropy, in nats. */
  readonly loss: number;
  /** Share of the examples whose greatest logit is the label's, in [0, 1]. */
  readonly accuracy: number;
  /** Examples by label and prediction, with precision and recall of each class. */
  readonly confusion: ConfusionMatrix;
}

/**
 * Loss and accuracy of `model` on `data`, examples or batches of them, in eval mode: nothing in the model changes.
 * `batchSize` (default 256) cuts examples, which bounds the memory; with a correct model it does not change the result,
 * but for the rounding of the mean loss.
 * @throws RangeError where there is no example, for a label that is none of the model's outputs, and where the examples
 *   have another number of classes.
 */
export async function evaluate<In extends number, Out extends number, D extends FloatDType>(
  model: Sequential<In, Out, D>,
  data: Examples<NoInfer<In>, NoInfer<D>> | Batches<NoInfer<In>, NoInfer<D>>,
  { batchSize = 256 }: { readonly batchSize?: number } = {},
): Promise<Evaluation> {
  const breathe = breather();
  const workspace = model.layers.every(isTransient) ? borrow(model) : undefined;
  const inWorkspace = <T>(work: () => T): T => (workspace ? workspace.run(work) : work());
  let loss = 0;
  let confusion: ConfusionMatrix | undefined;
  const all = "inputs" in data ? batches(data, { batchSize }) : data;
  requireIterable("evaluate: data", all);
  for await (const batch of passes(all, workspace)) {
    const { inputs, labels } = batch;
    const logits = inWorkspace(() => model.forward(inputs, "eval"));
    requireClasses("evaluate", batch, logits.shape[1]);
    loss += inWorkspace(() => softmaxCrossEntropy(logits, labels).loss) * labels.data.length;
    confusion ??= new ConfusionMatrix(logits.shape[1]);
    confusion.add(logits, labels);
    await breathe();
  }
  if (!confusion) throw new RangeError("evaluate: there is no batch");
  if (workspace) idle.get(model)?.push(workspace);
  return { loss: loss / confusion.rows, accuracy: confusion.accuracy, confusion };
}

/** Workspaces of earlier evaluations of a model. Those that run at the same time have one each. */
const idle = new WeakMap<object, Workspace[]>();

function borrow(model: object): Workspace {
  const own = idle.get(model) ?? [];
  idle.set(model, own);
  return own.pop() ?? new Workspace();
}
