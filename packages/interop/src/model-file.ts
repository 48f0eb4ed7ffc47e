import type { FloatDType } from "@handgrad/tensor";
import { formatShape, sameShape } from "@handgrad/tensor";
import { printable, quote } from "./bytes.js";
import { FormatError } from "./format-error.js";
import { type AnyModel, createModel, dtypeOf, type LayerSpec, slotsOf, specsOf } from "./layer-spec.js";
import { readSafetensors, writeSafetensors } from "./safetensors.js";
import type { TensorFile } from "./tensor-file.js";

/** Under which the layers stand in the file's metadata. */
const KEY = "handgrad.model";

interface Described {
  readonly dtype: FloatDType;
  readonly layers: readonly LayerSpec[];
}

/**
 * A model as one safetensors file: its state dict, and its layers with their options as JSON in the metadata, so that
 * {@link readModel} needs nothing else. Any safetensors reader finds the tensors under their paths, `"0.weight"`.
 *
 * @throws Error for a layer that is not of `@handgrad/layers`.
 */
export function writeModel(
  model: AnyModel,
  { metadata = {} }: { readonly metadata?: Readonly<Record<string, string>> } = {},
): Uint8Array {
  const layers = specsOf(model, "writeModel");
  const described: Described = { dtype: dtypeOf(model), layers };
  return writeSafetensors(model.stateDict(), { metadata: { ...metadata, [KEY]: JSON.stringify(described) } });
}

/**
 * The model that {@link writeModel} wrote, with what else is in the metadata. Its widths are held against the file's
 * tensors before anything is allocated.
 *
 * @throws FormatError where the file is damaged, or describes no model that its tensors fit.
 */
export function readModel(file: Uint8Array): {
  readonly model: AnyModel;
  readonly metadata: Readonly<Record<string, string>>;
} {
  const held = readSafetensors(file);
  const { [KEY]: text, ...metadata } = held.metadata;
  if (text === undefined) return refuse(`the metadata must tell the layers under ${KEY}`);
  const { dtype, layers } = parse(text);
  requireTensors(layers, dtype, held);
  try {
    const model = createModel(layers, dtype);
    model.loadStateDict(held.tensors);
    return { model, metadata };
  } catch (error) {
    return refuse(printable((error as Error).message, 400));
  }
}

/** The header is one text for its reader, so what it tells wrongly is found at its beginning. */
const refuse: (message: string) => never = (message) => {
  throw new FormatError(`readModel: ${message}`, 8);
};

const OPTIONS: { readonly [Name in LayerSpec["layer"]]: readonly string[] } = {
  Dense: ["inFeatures", "outFeatures", "bias"],
  BatchNorm: ["features", "decay", "epsilon", "varianceCorrection"],
  LayerNorm: ["features", "epsilon"],
  Dropout: ["p"],
  LeakyReLU: ["negativeSlope"],
  GELU: ["approximate"],
  ReLU: [],
  Sigmoid: [],
  Tanh: [],
  Softmax: [],
  LogSoftmax: [],
  Flatten: [],
};

/** Of an option's value; its range is for the layer's constructor to check. */
const fits = (option: string, value: unknown): boolean => {
  if (option === "bias") return typeof value === "boolean";
  if (option === "varianceCorrection" || option === "approximate") return typeof value === "string";
  return typeof value === "number" || (option === "decay" && value === "cumulative");
};

function parse(text: string): Described {
  let value: Partial<Described> | null;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse(`${KEY} must be JSON, got ${quote(text)}`);
  }
  const { dtype, layers } = Object(value) as Partial<Described>;
  if (dtype !== "float32" && dtype !== "float64") {
    return refuse(`${KEY} must have a dtype, float32 or float64, got ${quote(String(dtype))}`);
  }
  if (!Array.isArray(layers)) return refuse(`${KEY} must have an array of layers`);
  for (const [index, spec] of layers.entries()) {
    const name: unknown = Object(spec).layer;
    if (typeof name !== "string" || !Object.hasOwn(OPTIONS, name)) {
      return refuse(
        `layer ${index} must be one of ${Object.keys(OPTIONS).join(", ")}, got ${quote(String(name))}`,
      );
    }
    for (const option of OPTIONS[name as LayerSpec["layer"]]) {
      if (!fits(option, spec[option])) refuse(`layer ${index}, ${name}, has no ${option} that is one`);
    }
  }
  return { dtype, layers };
}

/** Every tensor that the layers need is in the file, in its shape: so no width is greater than the file. */
function requireTensors(layers: readonly LayerSpec[], dtype: FloatDType, { tensors }: TensorFile): void {
  for (const [index, spec] of layers.entries()) {
    for (const { ours, shape, dtype: other } of slotsOf(spec)) {
      const path = `${index}.${ours}`;
      const entry = tensors[path];
      if (entry === undefined) refuse(`"${path}" is missing`);
      if (!sameShape(entry.shape, shape) || entry.dtype !== (other ?? dtype)) {
        const wanted = `${other ?? dtype} ${formatShape(shape)}`;
        refuse(`"${path}" must be ${wanted}, got ${entry.dtype} ${formatShape(entry.shape)}`);
      }
    }
  }
}
