import {
  type AnyLayer,
  BatchNorm,
  type Decay,
  Dense,
  Dropout,
  Flatten,
  GELU,
  LayerNorm,
  LeakyReLU,
  LogSoftmax,
  ReLU,
  Sequential,
  Sigmoid,
  Softmax,
  Tanh,
  type VarianceCorrection,
  zeros,
} from "@handgrad/layers";
import type { DType, FloatDType } from "@handgrad/tensor";

/** A model of any widths and dtype. */
export type AnyModel = Sequential<number, number, FloatDType>;

const plain = { ReLU, Sigmoid, Tanh, Softmax, LogSoftmax, Flatten } as const;
export type PlainLayer = keyof typeof plain;

/** What a layer is made of beside its tensors, as JSON can hold it. */
export type LayerSpec =
  | {
      readonly layer: "Dense";
      readonly inFeatures: number;
      readonly outFeatures: number;
      readonly bias: boolean;
    }
  | {
      readonly layer: "BatchNorm";
      readonly features: number;
      readonly decay: Decay;
      readonly epsilon: number;
      readonly varianceCorrection: VarianceCorrection;
    }
  | { readonly layer: "LayerNorm"; readonly features: number; readonly epsilon: number }
  | { readonly layer: "Dropout"; readonly p: number }
  | { readonly layer: "LeakyReLU"; readonly negativeSlope: number }
  | { readonly layer: "GELU"; readonly approximate: "none" | "tanh" }
  | { readonly layer: PlainLayer };

export type SpecOf<Name extends LayerSpec["layer"]> = Extract<LayerSpec, { readonly layer: Name }>;

/**
 * The layers of a model.
 * @throws Error for a layer that is not of `@handgrad/layers`: its formula is unknown here. TypeError for what is no model.
 */
export function specsOf(model: AnyModel, where: string): LayerSpec[] {
  if (!Array.isArray(model?.layers)) throw new TypeError(`${where}: model must be a Sequential`);
  return model.layers.map((layer, index) => specOf(layer, index, where));
}

function specOf(layer: AnyLayer, index: number, where: string): LayerSpec {
  if (layer instanceof Dense) {
    const { inWidth: inFeatures, outWidth: outFeatures, params } = layer;
    return { layer: "Dense", inFeatures, outFeatures, bias: params.bias !== undefined };
  }
  if (layer instanceof BatchNorm) {
    const { inWidth: features, decay, epsilon, varianceCorrection } = layer;
    return { layer: "BatchNorm", features, decay, epsilon, varianceCorrection };
  }
  if (layer instanceof LayerNorm)
    return { layer: "LayerNorm", features: layer.inWidth, epsilon: layer.epsilon };
  if (layer instanceof Dropout) return { layer: "Dropout", p: layer.p };
  if (layer instanceof LeakyReLU) return { layer: "LeakyReLU", negativeSlope: layer.negativeSlope };
  if (layer instanceof GELU) return { layer: "GELU", approximate: layer.approximate };
  for (const [name, kind] of Object.entries(plain)) {
    if (layer instanceof kind) return { layer: name as PlainLayer };
  }
  throw new Error(
    `${where}: layer ${index} must be one of @handgrad/layers, got ${layer.name ?? layer.constructor.name}`,
  );
}

/** A new layer, with zeros for weights. @throws RangeError for an option out of its range. */
export function createLayer(spec: LayerSpec, dtype: FloatDType): AnyLayer {
  switch (spec.layer) {
    case "Dense":
      return new Dense(spec.inFeatures, spec.outFeatures, { bias: spec.bias, init: zeros, dtype });
    case "BatchNorm":
      return new BatchNorm(spec.features, { ...spec, dtype });
    case "LayerNorm":
      return new LayerNorm(spec.features, { ...spec, dtype });
    case "Dropout":
      return new Dropout(spec.p);
    case "LeakyReLU":
      return new LeakyReLU(spec);
    case "GELU":
      return new GELU(spec);
    default:
      return new plain[spec.layer]();
  }
}

export const createModel = (specs: readonly LayerSpec[], dtype: FloatDType): AnyModel =>
  new Sequential(...specs.map((spec) => createLayer(spec, dtype))) as AnyModel;

/** In which the model computes: that of its first layer that has one. */
export const dtypeOf = (model: AnyModel): FloatDType =>
  model.layers.find(({ dtype }) => dtype !== undefined)?.dtype ?? "float32";

/** A tensor of a layer, and what others call it; without a name they have none. */
export interface Slot {
  readonly ours: string;
  readonly pytorch?: string;
  readonly keras?: string;
  readonly shape: readonly number[];
  /** Where it is not the model's. */
  readonly dtype?: DType;
  /** PyTorch has it as [out, in]. */
  readonly transposedInPyTorch?: boolean;
}

export function slotsOf(spec: LayerSpec): Slot[] {
  switch (spec.layer) {
    case "Dense": {
      const { inFeatures, outFeatures, bias } = spec;
      const shape = [inFeatures, outFeatures];
      return [
        { ours: "weight", pytorch: "weight", keras: "kernel", shape, transposedInPyTorch: true },
        ...(bias ? [{ ours: "bias", pytorch: "bias", keras: "bias", shape: [outFeatures] }] : []),
      ];
    }
    case "BatchNorm": {
      const shape = [spec.features];
      return [
        ...affine(shape),
        { ours: "pop_mean", pytorch: "running_mean", keras: "moving_mean", shape },
        { ours: "pop_var", pytorch: "running_var", keras: "moving_variance", shape },
        { ours: "batches", pytorch: "num_batches_tracked", shape: [], dtype: "float64" },
      ];
    }
    case "LayerNorm":
      return affine([spec.features]);
    case "Dropout":
      return [{ ours: "random", shape: [4], dtype: "int32" }];
    default:
      return [];
  }
}

const affine = (shape: readonly number[]): Slot[] => [
  { ours: "gamma", pytorch: "weight", keras: "gamma", shape },
  { ours: "beta", pytorch: "bias", keras: "beta", shape },
];
