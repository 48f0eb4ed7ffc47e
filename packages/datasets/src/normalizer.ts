import { type FloatDType, kernels, type Rows, requireShape, zeros } from "@handgrad/tensor";

export interface NormalizerOptions {
  /** Mean and deviation of each feature (default), or of all features together. */
  readonly per?: "feature" | "all";
}

/** Takes μ from every input and divides it by σ, those of the training data. Labels and all else stay. */
export interface Normalizer<F extends number = number, D extends FloatDType = "float32"> {
  <T extends { readonly inputs: Rows<F, D> }>(dataset: T): T;
  /** μ of each feature. */
  readonly mean: Float64Array;
  /** σ of each feature; 1 where it is 0 in the training data, so that a feature that never changes stays finite. */
  readonly deviation: Float64Array;
}

/**
 * x ↦ (x − μ)/σ with mean and deviation √(Σ(x − μ)²/N) of `train`, to be applied to training and test data alike:
 * `const normalize = normalizer(train)`, then `normalize(train)` and `normalize(test)`. Statistics of the test data
 * would tell the model about data that it must not know.
 * @throws ShapeError where there is no row, or the data to normalise have another number of features.
 */
export function normalizer<F extends number, D extends FloatDType>(
  train: { readonly inputs: Rows<F, D> },
  { per = "feature" }: NormalizerOptions = {},
): Normalizer<F, D> {
  requireShape("normalizer: inputs", train.inputs.shape, [{ atLeast: 1 }, { atLeast: 1 }]);
  const [rows, features] = train.inputs.shape;
  const columns = per === "feature" ? features : 1;
  const mean = new Float64Array(columns);
  const variance = new Float64Array(columns);
  kernels().moments(mean, variance, train.inputs.data, 1, (rows * features) / columns, columns);
  const deviation = variance.map((square) => (square === 0 ? 1 : Math.sqrt(square)));
  const ofFeature = (statistic: Float64Array) =>
    per === "feature" ? statistic : new Float64Array(features).fill(statistic[0]);

  const normalize = <T extends { readonly inputs: Rows<F, D> }>(dataset: T): T => {
    const { inputs } = dataset;
    requireShape("normalize: inputs", inputs.shape, [null, features]);
    const out = zeros(inputs.shape, inputs.dtype);
    for (let i = 0; i < out.data.length; i++) {
      const j = i % columns;
      out.data[i] = (inputs.data[i] - mean[j]) / deviation[j];
    }
    return { ...dataset, inputs: out };
  };
  return Object.assign(normalize, { mean: ofFeature(mean), deviation: ofFeature(deviation) });
}
