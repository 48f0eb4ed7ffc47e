import { Dense, Sequential } from "@handgrad/layers";
import { describe, expect, it } from "vitest";
import { FormatError } from "./format-error.js";
import { type AnyModel, specsOf } from "./layer-spec.js";
import { readModel, writeModel } from "./model-file.js";
import { readSafetensors, writeSafetensors } from "./safetensors.js";
import { realFile } from "./test-files.js";
import { activationsModel, inputs, outputsOf, trainedModel } from "./test-models.js";

describe("a model in a file", () => {
  it.each([trainedModel, activationsModel])("is read back whole: %o", (make) => {
    const model = make();
    const { model: read, metadata } = readModel(writeModel(model, { metadata: { note: "ü" } }));
    expect(read.stateDict()).toEqual(model.stateDict());
    expect(specsOf(read, "test")).toEqual(specsOf(model, "test"));
    expect(outputsOf(read, inputs(3, 5))).toEqual(outputsOf(model, inputs(3, 5)));
    expect(metadata).toEqual({ note: "ü" });
  });

  it("goes on with the same dropout masks", () => {
    const model = trainedModel();
    const { model: read } = readModel(writeModel(model));
    const x = inputs(8, 5);
    expect(read.forward(x, "train")).toEqual(model.forward(x, "train"));
  });
});

describe("what describes no model is refused before its weights are made", () => {
  const { tensors } = readSafetensors(writeModel(new Sequential(new Dense(2, 3)) as AnyModel));
  const told = (text: string) => writeSafetensors(tensors, { metadata: { "handgrad.model": text } });
  const dense = (changes: object) =>
    told(
      JSON.stringify({
        dtype: "float32",
        layers: [{ layer: "Dense", inFeatures: 2, outFeatures: 3, bias: true, ...changes }],
      }),
    );
  const layer = (spec: unknown) => told(JSON.stringify({ dtype: "float32", layers: [spec] }));
  const refusals: readonly [string, Uint8Array, string][] = [
    [
      "a file of tensors alone",
      realFile("dtypes.safetensors"),
      "the metadata must tell the layers under handgrad.model",
    ],
    ["no JSON", told("{"), 'handgrad.model must be JSON, got "{"'],
    ["null", told("null"), 'must have a dtype, float32 or float64, got "undefined"'],
    ["no layers", told('{"dtype":"float32"}'), "must have an array of layers"],
    [
      "an unknown layer",
      layer({ layer: "constructor" }),
      'layer 0 must be one of Dense, BatchNorm, LayerNorm, Dropout, LeakyReLU, GELU, ReLU, Sigmoid, Tanh, Softmax, LogSoftmax, Flatten, got "constructor"',
    ],
    ["a layer that is null", layer(null), 'got "undefined"'],
    ["a missing option", dense({ bias: undefined }), "layer 0, Dense, has no bias that is one"],
    ["a width that is a text", dense({ inFeatures: "2" }), "layer 0, Dense, has no inFeatures that is one"],
    [
      "a width beyond the file",
      dense({ outFeatures: 1e9 }),
      '"0.weight" must be float32 [2, 1000000000], got float32 [2, 3]',
    ],
    ["an extra tensor", dense({ bias: false }), '"0.bias" is extra'],
    [
      "another dtype",
      told('{"dtype":"float64","layers":[{"layer":"Dense","inFeatures":2,"outFeatures":3,"bias":true}]}'),
      '"0.weight" must be float64 [2, 3], got float32 [2, 3]',
    ],
    ["an option out of its range", layer({ layer: "Dropout", p: 2 }), '"0.random" is missing'],
    [
      "a name that would clear the screen",
      writeSafetensors(
        { ...tensors, "\x1b[2J": tensors["0.bias"] },
        {
          metadata: {
            "handgrad.model": JSON.stringify({
              dtype: "float32",
              layers: [{ layer: "Dense", inFeatures: 2, outFeatures: 3, bias: true }],
            }),
          },
        },
      ),
      '"\\u001b[2J" is extra',
    ],
    ["no layer at all", told('{"dtype":"float32","layers":[]}'), "Sequential: needs at least one layer"],
  ];
  it.each(refusals)("%s", (_, file, text) => {
    expect(() => readModel(file)).toThrow(FormatError);
    expect(() => readModel(file)).toThrow(text);
  });
});
