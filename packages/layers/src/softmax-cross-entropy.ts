import { type FloatDType, kernels, type Rows, requireShape, type Vector } from "@handgrad/tensor";
import { like } from "./like.js";

/** One class index a row, or one row of zeros with a single 1 for each row of the logits. */
export type Labels<C extends number = number> =
  | readonly number[]
  | Int32Array
  | Uint8Array
  | Vector<number, "int32" | "uint8">
  | Rows<C, FloatDType>;

export interface Loss<C extends number = number, D extends FloatDType = FloatDType> {
  /** Mean over the rows, in nats. */
  readonly loss: number;
  /** Gradient of `loss` by the logits, [N, C]. */
  readonly gradient: Rows<C, D>;
}

/**
 * loss = −1/N·Σᵢ log softmax(logits[i])[labels[i]], with gradient (softmax(logits) − onehot(labels))/N,
 * for logits [N ≥ 1, C]. The greatest logit of a row is subtracted first, so that no exponential overflows.
 * @throws ShapeError where labels and logits disagree, RangeError for a label outside 0 to C − 1.
 */
export function softmaxCrossEntropy<C extends number, D extends FloatDType>(
  logits: Rows<C, D>,
  labels: Labels<NoInfer<C>>,
): Loss<C, D> {
  requireShape("softmaxCrossEntropy: logits", logits.shape, [{ atLeast: 1 }, null]);
  const [n, classes] = logits.shape;
  const indices = classIndices(labels, n, classes);
  const gradient = like(logits);
  const total = kernels().softmaxCrossEntropy(gradient.data, logits.data, indices, 1 / n, n, classes);
  return { loss: total / n, gradient };
}

function classIndices(labels: Labels, n: number, classes: number): ArrayLike<number> {
  if ("data" in labels && labels.shape.length === 2)
    return fromOneHot(labels as Rows<number, FloatDType>, n, classes);
  const indices: ArrayLike<number> = "data" in labels ? labels.data : labels;
  requireShape("softmaxCrossEntropy: labels", "data" in labels ? labels.shape : [indices.length], [n]);
  for (let i = 0; i < n; i++) {
    const label = indices[i];
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new RangeError(
        `softmaxCrossEntropy: label ${i} must be an integer from 0 to ${classes - 1}, got ${label}`,
      );
    }
  }
  return indices;
}

function fromOneHot(labels: Rows<number, FloatDType>, n: number, classes: number): Int32Array {
  requireShape("softmaxCrossEntropy: labels", labels.shape, [n, classes]);
  return Int32Array.from({ length: n }, (_, i) => {
    const row = labels.data.subarray(i * classes, (i + 1) * classes);
    const label = row.indexOf(1);
    if (label < 0 || row.some((value, j) => value !== 0 && j !== label)) {
      throw new RangeError(
        `softmaxCrossEntropy: row ${i} of the labels must be one-hot, got [${row.join(", ")}]`,
      );
    }
    return label;
  });
}
