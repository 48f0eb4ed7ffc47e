import {
  binaryCrossEntropy,
  type CrossEntropyOptions,
  type ElementwiseLoss,
  meanSquaredError,
  softmaxCrossEntropy,
} from "@handgrad/layers";
import { argmax, type FloatDType, type Rows, sliceRows, variance } from "@handgrad/tensor";
import {
  awaitExport,
  type Json,
  NotApplicable,
  type Numbers,
  type Replayer,
  type Table,
  toRows,
  toTensor,
} from "./case.js";

/** Compiles only while the loss has no such option: once it has, cases that wait for it are to be replayed. */
type Missing<Name extends string> = Name extends keyof CrossEntropyOptions ? never : "yet";
export const noIgnoredLabel: Missing<"ignoreLabel"> = "yet";
export const noSampleWeights: Missing<"sampleWeights"> = "yet";
const noReduction: Missing<"reduction"> = "yet";

/** @throws NotApplicable for targets that are not one-hot: the loss takes no others. */
export function requireOneHot(targets: Json, dtype: FloatDType): Rows<number, FloatDType> {
  const isOneHot = (targets as Table).every(
    (row) =>
      row.every((value) => value === 0 || value === 1) && row.filter((value) => value === 1).length === 1,
  );
  if (!isOneHot) throw new NotApplicable("labels of the cross-entropy are one-hot, not soft");
  return toRows(targets, dtype);
}

/** The loss of every row by itself: w of its label times what a batch of this row alone has. */
export const lossOfRows = (
  logits: Rows<number, FloatDType>,
  labels: ArrayLike<number>,
  options: CrossEntropyOptions = {},
): number[] =>
  Array.from({ length: logits.shape[0] }, (_, i) => {
    const row = sliceRows(logits, i, i + 1) as Rows<number, FloatDType>;
    const weight = ((options.classWeights ?? []) as Numbers)[labels[i]] ?? 1;
    return weight * softmaxCrossEntropy(row, [labels[i]], options).loss;
  });

/** Sum instead of mean, of a loss and its gradient. */
export function summed({
  loss,
  gradient,
}: ElementwiseLoss<readonly [number, number]>): ElementwiseLoss<readonly [number, number]> {
  const count = gradient.data.length;
  return {
    loss: loss * count,
    gradient: toTensor(
      gradient.data.map((value) => value * count),
      gradient.shape,
      gradient.dtype,
    ) as Rows<number, FloatDType>,
  };
}

export const lossReplayers: Readonly<Record<string, Replayer>> = {
  xent_logits: ({ params, inputs }, dtype) => {
    if (inputs.sample_weight) throw new NotApplicable(`no sample weights ${noSampleWeights}`);
    if (params.ignore_label !== undefined) throw new NotApplicable(`no ignored label ${noIgnoredLabel}`);
    const options = { labelSmoothing: (params.label_smoothing ?? 0) as number };
    const logits = toRows(inputs.logits, dtype);
    const targets = inputs.targets && requireOneHot(inputs.targets, dtype);
    const labels = targets ? argmax(targets, 1).data : (inputs.labels as readonly number[]);
    if (params.reduction === "none") return { loss: lossOfRows(logits, labels, options) };
    if (params.reduction !== "mean")
      throw new NotApplicable(`no reduction ${params.reduction} ${noReduction}`);
    const { loss, gradient } = softmaxCrossEntropy(logits, targets || (labels as readonly number[]), options);
    return { loss, dlogits: gradient };
  },
  xent_probs: () => awaitExport("crossEntropy", "cross-entropy of probabilities instead of logits"),
  bce_logits: ({ params, inputs }, dtype) => {
    const [logits, targets] = [toRows(inputs.logits, dtype), toRows(inputs.targets, dtype)];
    if (params.reduction === "none") {
      // The loss of every element by itself.
      const element = (data: ArrayLike<number>, i: number) => toTensor([data[i]], [1], dtype);
      const losses = Array.from(
        logits.data,
        (_, i) => binaryCrossEntropy(element(logits.data, i), element(targets.data, i)).loss,
      );
      return { loss: losses };
    }
    if (params.reduction !== "mean") throw new Error(`unknown reduction ${params.reduction}`);
    const { loss, gradient } = binaryCrossEntropy(logits, targets);
    return { loss, dlogits: gradient };
  },
  mse: ({ params, inputs }, dtype) => {
    if (params.reduction !== "mean") throw new Error(`unknown reduction ${params.reduction}`);
    const { loss, gradient } = meanSquaredError(toRows(inputs.pred, dtype), toRows(inputs.target, dtype));
    return { loss, dpred: gradient };
  },
  accuracy: ({ inputs }, dtype) => {
    const predicted = argmax(toRows(inputs.pred, dtype), 1).data;
    const labels = inputs.targets
      ? argmax(toRows(inputs.targets, dtype), 1).data
      : (inputs.labels as number[]);
    return { correct: Array.from(predicted, (label, i) => (label === labels[i] ? 1 : 0)) };
  },
  variance: ({ params, inputs }, dtype) => {
    if (params.ddof) throw new NotApplicable("variance is the biased one");
    return { var: variance(toRows(inputs.x, dtype), 0) };
  },
};
