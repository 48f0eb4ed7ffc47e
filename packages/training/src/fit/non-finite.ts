import type { AnyLayer, Mode, Sequential } from "@handgrad/layers";
import type { AnyTensor, FloatDType, Rows } from "@handgrad/tensor";

/** Training met a loss that is NaN or infinite. `step` counts from 1; `where` is the first place that is not finite. */
export class NonFiniteLossError extends Error {
  override readonly name = "NonFiniteLossError";

  constructor(
    readonly loss: number,
    readonly step: number,
    readonly where: string,
  ) {
    super(`fit: the loss is ${loss} at step ${step}; the first value that is not finite is in ${where}`);
  }
}

const allFinite = (x: AnyTensor): boolean => x.data.every(Number.isFinite);

/** What each layer of the model makes of `inputs`, in the order of the forward pass: the last one is its result. */
export function layerOutputs(
  { layers }: Pick<Sequential, "layers">,
  inputs: Rows<number, FloatDType>,
  mode: Mode,
): Rows<number, FloatDType>[] {
  const outputs: Rows<number, FloatDType>[] = [];
  let value = inputs;
  for (const layer of layers) {
    value = layer.forward(value, mode);
    outputs.push(value);
  }
  return outputs;
}

/** Names, in the order of the forward pass, the first input, parameter or output that holds a NaN or an infinity. */
export function locateNonFinite(
  layers: readonly AnyLayer[],
  inputs: AnyTensor,
  outputs: readonly AnyTensor[],
): string {
  if (!allFinite(inputs)) return "the batch's inputs";
  for (const [index, layer] of layers.entries()) {
    const name = `layer ${index} (${layer.name ?? layer.constructor.name})`;
    for (const [key, { value }] of Object.entries(layer.params ?? {})) {
      if (!allFinite(value)) return `${key} of ${name}`;
    }
    if (!allFinite(outputs[index])) return `the output of ${name}`;
  }
  return "the loss itself";
}
