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
  /** Mean over the rows, weighted where there are class weights, in nats. */
  readonly loss: number;
  /** Gradient of `loss` by the logits, [N, C]. */
  readonly gradient: Rows<C, D>;
}

export interface CrossEntropyOptions<C extends number = number> {
  /** ε in [0, 1): the right class is expected with 1 − ε + ε/C and every other with ε/C. Default 0. */
  readonly labelSmoothing?: number;
  /** w[C], none negative: what each class counts. Default: 1 for all. */
  readonly classWeights?: readonly number[] | Vector<C, FloatDType>;
}

/**
 * loss = −1/N·Σᵢ log softmax(logits[i])[labels[i]], with gradient (softmax(logits) − onehot(labels))/N,
 * for logits [N ≥ 1, C]. The greatest logit of a row is subtracted first, so that no exponential overflows.
 *
 * With options it is PyTorch's `cross_entropy`: loss = −1/W·ΣᵢΣⱼ tᵢⱼ·log softmax(logits[i])[j] with
 * tᵢⱼ = w[j]·((1 − ε)·[j = labels[i]] + ε/C) and W = Σᵢ w[labels[i]], so that a row's weight is that of its label.
 * The gradient is (softmax(logits[i])[j]·Σₖ tᵢₖ − tᵢⱼ)/W.
 * @throws ShapeError where labels, class weights and logits disagree, RangeError for a label outside 0 to C − 1, an
 * option out of range, or labels that all have weight 0.
 */
export function softmaxCrossEntropy<C extends number, D extends FloatDType>(
  logits: Rows<C, D>,
  labels: Labels<NoInfer<C>>,
  options: CrossEntropyOptions<NoInfer<C>> = {},
): Loss<C, D> {
  requireShape("softmaxCrossEntropy: logits", logits.shape, [{ atLeast: 1 }, null]);
  const [n, classes] = logits.shape;
  const indices = classIndices(labels, n, classes);
  const gradient = like(logits);
  const { labelSmoothing = 0, classWeights } = options;
  if (labelSmoothing === 0 && classWeights === undefined) {
    const total = kernels().softmaxCrossEntropy(gradient.data, logits.data, indices, 1 / n, n, classes);
    return { loss: total / n, gradient };
  }
  const { targets, weight } = expectedClasses(indices, n, classes, labelSmoothing, classWeights);
  const total = kernels().weightedCrossEntropy(gradient.data, logits.data, targets, 1 / weight, n, classes);
  return { loss: total / weight, gradient };
}

/** tᵢⱼ, and W. */
function expectedClasses(
  labels: ArrayLike<number>,
  n: number,
  classes: number,
  labelSmoothing: number,
  classWeights: CrossEntropyOptions["classWeights"],
): { readonly targets: Float64Array; readonly weight: number } {
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new RangeError(`softmaxCrossEntropy: labelSmoothing must be in [0, 1), got ${labelSmoothing}`);
  }
  const weights = weightsOfClasses(classWeights, classes);
  const targets = new Float64Array(n * classes);
  let weight = 0;
  for (let i = 0; i < n; i++) {
    weight += weights[labels[i]];
    for (let j = 0; j < classes; j++) {
      const right = j === labels[i] ? 1 - labelSmoothing : 0;
      targets[i * classes + j] = weights[j] * (right + labelSmoothing / classes);
    }
  }
  if (weight === 0) throw new RangeError("softmaxCrossEntropy: classWeights of all labels are 0");
  return { targets, weight };
}

function weightsOfClasses(
  classWeights: CrossEntropyOptions["classWeights"],
  classes: number,
): ArrayLike<number> {
  if (classWeights === undefined) return new Float64Array(classes).fill(1);
  const isTensor = "data" in classWeights;
  const weights = isTensor ? classWeights.data : classWeights;
  requireShape("softmaxCrossEntropy: classWeights", isTensor ? classWeights.shape : [weights.length], [
    classes,
  ]);
  for (let j = 0; j < classes; j++) {
    if (!(weights[j] >= 0 && weights[j] < Number.POSITIVE_INFINITY)) {
      throw new RangeError(
        `softmaxCrossEntropy: class weight ${j} must be a number of at least 0, got ${weights[j]}`,
      );
    }
  }
  return weights;
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
