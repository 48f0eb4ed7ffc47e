import { softmaxCrossEntropy } from "@handgrad/layers";
import {
  argmax,
  type FloatDType,
  mean,
  mul,
  type Rows,
  sliceRows,
  sub,
  sum,
  variance,
} from "@handgrad/tensor";
import {
  awaitExport,
  type Json,
  NotApplicable,
  type Replayer,
  type Table,
  toRows,
  toTensor,
} from "./case.js";

/** Compiles only while the loss takes no options: once it does, cases that wait for them are to be replayed. */
export const noOptions: Parameters<typeof softmaxCrossEntropy>["length"] extends 2 ? "yet" : never = "yet";

/** @throws NotApplicable for targets that are not one-hot: the loss takes no others. */
export function requireOneHot(targets: Json, dtype: FloatDType): Rows<number, FloatDType> {
  const isOneHot = (targets as Table).every(
    (row) =>
      row.every((value) => value === 0 || value === 1) && row.filter((value) => value === 1).length === 1,
  );
  if (!isOneHot) throw new NotApplicable(`no cross-entropy with soft targets ${noOptions}`);
  return toRows(targets, dtype);
}

/** The loss of every row by itself. */
export const lossOfRows = (logits: Rows<number, FloatDType>, labels: ArrayLike<number>): number[] =>
  Array.from(
    { length: logits.shape[0] },
    (_, i) => softmaxCrossEntropy(sliceRows(logits, i, i + 1) as Rows<number, FloatDType>, [labels[i]]).loss,
  );

/** The mean or the sum of the squared differences: composed here, there is no such loss. */
export function squaredError(
  y: Rows<number, FloatDType>,
  target: Rows<number, FloatDType>,
  reduction: "mean" | "sum",
) {
  const difference = sub(y, target);
  const square = mul(difference, difference);
  const factor = reduction === "mean" ? 2 / y.data.length : 2;
  return {
    loss: (reduction === "mean" ? mean(square) : sum(square)).data[0],
    gradient: toTensor(
      difference.data.map((value) => factor * value),
      y.shape,
      y.dtype,
    ) as Rows<number, FloatDType>,
  };
}

export const lossReplayers: Readonly<Record<string, Replayer>> = {
  xent_logits: ({ params, inputs }, dtype) => {
    if (params.label_smoothing) throw new NotApplicable(`no label smoothing ${noOptions}`);
    if (inputs.sample_weight) throw new NotApplicable(`no sample weights ${noOptions}`);
    if (params.ignore_label !== undefined) throw new NotApplicable(`no ignored label ${noOptions}`);
    const logits = toRows(inputs.logits, dtype);
    const targets = inputs.targets && requireOneHot(inputs.targets, dtype);
    const labels = targets ? argmax(targets, 1).data : (inputs.labels as readonly number[]);
    if (params.reduction === "none") return { loss: lossOfRows(logits, labels) };
    if (params.reduction !== "mean") throw new NotApplicable(`no reduction ${params.reduction} ${noOptions}`);
    const { loss, gradient } = softmaxCrossEntropy(logits, targets || (labels as readonly number[]));
    return { loss, dlogits: gradient };
  },
  xent_probs: () => awaitExport("crossEntropy", "cross-entropy of probabilities instead of logits"),
  bce_logits: () => awaitExport("sigmoidCrossEntropy", "binary cross-entropy"),
  mse: ({ inputs }, dtype) => {
    const { loss, gradient } = squaredError(toRows(inputs.pred, dtype), toRows(inputs.target, dtype), "mean");
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
