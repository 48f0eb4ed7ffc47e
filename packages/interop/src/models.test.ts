import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { Dense, Sequential } from "@handgrad/layers";
import { type FloatDType, fromData } from "@handgrad/tensor";
import { readFixture } from "testing";
import { describe, expect, it } from "vitest";
import { foldBatchNorm } from "./fold-batch-norm.js";
import { type AnyModel, createModel, specsOf } from "./layer-spec.js";
import { fromKeras, fromPyTorch, toKeras, toPyTorch } from "./library-states.js";
import { writeModel } from "./model-file.js";
import { readNpz, writeNpz } from "./npz.js";
import { readOnnx } from "./onnx/read.js";
import { writeOnnx } from "./onnx/write.js";
import { exportPyTorchModule } from "./pytorch-module.js";
import { readSafetensors, writeSafetensors } from "./safetensors.js";
import { activationsModel, outputsOf, trainedModel } from "./test-models.js";

/** What the other libraries computed: `fixtures/models.py`. */
const recorded = readFixture<Record<string, number[][]>>(import.meta.url, "models.json");
const folder = new URL("../fixtures/models/", import.meta.url);
const file = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)));
const x = fromData(Float32Array.from(recorded.x.flat()), [6, 5]);

/** float32 in another order of sums: six layers of up to seven terms stay below 1e-5 of outputs near 1. */
const float32 = { rtol: 1e-5, atol: 1e-5 };

/** The layers of the trained model with zeros for weights. */
const blank = (model: AnyModel = trainedModel(), dtype: FloatDType = "float32") =>
  createModel(specsOf(model, "test"), dtype);

function inFloat64(model: AnyModel): AnyModel {
  const copy = blank(model, "float64");
  const state = Object.entries(model.stateDict()).map(([path, tensor]) => [
    path,
    tensor.dtype === "float32" ? fromData(Float64Array.from(tensor.data), tensor.shape as number[]) : tensor,
  ]);
  copy.loadStateDict(Object.fromEntries(state));
  return copy;
}

/** What is written for the other libraries, whose logits were recorded from these very bytes. */
const written: Readonly<Record<string, () => Uint8Array>> = {
  "ours.safetensors": () => writeSafetensors(toPyTorch(trainedModel())),
  "ours.npz": () => writeNpz(toKeras(trainedModel())),
  "ours.onnx": () => writeOnnx(trainedModel()),
  "activations.onnx": () => writeOnnx(activationsModel()),
  "folded.onnx": () => writeOnnx(foldBatchNorm(trainedModel())),
  "float64.onnx": () => writeOnnx(inFloat64(trainedModel())),
};

describe("files for other libraries", () => {
  it.each(Object.entries(written))("%s is the file that they read", (name, write) => {
    if (process.env.HANDGRAD_WRITE_FIXTURES) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(new URL(name, folder), write());
    }
    expect(write()).toEqual(file(name));
  });
});

describe("logits here and there", () => {
  it("a model trained in PyTorch", () => {
    const model = blank();
    fromPyTorch(model, readSafetensors(file("pytorch.safetensors")).tensors);
    expect(outputsOf(model, x)).toBeAllClose(recorded.pytorch, float32);
    expect(model.stateDict()["2.batches"].data[0]).toBe(5);
  });

  it("a model trained in Keras", () => {
    const model = blank();
    fromKeras(model, readNpz(file("keras.npz")).tensors);
    expect(outputsOf(model, x)).toBeAllClose(recorded.keras, float32);
  });

  it("our model in PyTorch, in Keras and in ONNX Runtime", () => {
    const logits = outputsOf(trainedModel(), x);
    expect(recorded.ours_in_pytorch).toBeAllClose(logits, float32);
    expect(recorded.ours_in_keras).toBeAllClose(logits, float32);
    expect(recorded.ours_in_onnxruntime).toBeAllClose(logits, float32);
    expect(recorded.folded_in_onnxruntime).toBeAllClose(logits, float32);
  });

  it("every activation and both norms in ONNX Runtime, and float64 in ONNX's own evaluator", () => {
    expect(recorded.activations_in_onnxruntime).toBeAllClose(outputsOf(activationsModel(), x), float32);
    const x64 = fromData(Float64Array.from(x.data), [6, 5]);
    // Its epsilons are float32 in the file, off by up to 6e-8 of themselves: at most half of that in each norm.
    const close = { rtol: 1e-7, atol: 1e-7 };
    expect(recorded.float64_in_onnx_reference).toBeAllClose(outputsOf(inFloat64(trainedModel()), x64), close);
  });

  it("an ONNX file that PyTorch exported", () => {
    const model = readOnnx(file("pytorch.onnx"));
    expect(recorded.pytorch_onnx).toBeAllClose(outputsOf(model, x), float32);
  });
});

describe("there and back", () => {
  it.each([
    ["PyTorch's names", toPyTorch, fromPyTorch],
    ["Keras' names", toKeras, fromKeras],
  ])("%s lose nothing but what the library does not have", (_, to, from) => {
    const model = trainedModel();
    const copy = blank();
    const saved = to(model);
    from(copy, saved);
    expect(to(copy)).toEqual(saved);
    expect(outputsOf(copy, x)).toEqual(outputsOf(model, x));
  });

  it("names and layouts are the library's", () => {
    const shapes = (saved: Readonly<Record<string, { shape: readonly number[] }>>) =>
      Object.fromEntries(Object.entries(saved).map(([name, { shape }]) => [name, shape]));
    expect(shapes(toPyTorch(trainedModel()))).toEqual({
      "1.weight": [7, 5],
      "1.bias": [7],
      "2.weight": [7],
      "2.bias": [7],
      "2.running_mean": [7],
      "2.running_var": [7],
      "2.num_batches_tracked": [],
      "4.weight": [6, 7],
      "5.weight": [6],
      "5.bias": [6],
      "8.weight": [4, 6],
      "8.bias": [4],
      "10.weight": [3, 4],
      "10.bias": [3],
    });
    expect(shapes(toKeras(trainedModel()))).toMatchObject({ "1.kernel": [5, 7], "2.moving_variance": [7] });
  });

  it("says all that is wrong, and changes nothing then", () => {
    const model = trainedModel();
    const before = model.stateDict();
    const { "1.weight": weight, "1.bias": bias, ...rest } = toPyTorch(model);
    const wrong = {
      ...rest,
      "1.weight": before["1.weight"],
      "2.bias": fromData(Float64Array.from(bias.data), [7]),
      "module.x": weight,
    };
    expect(() => fromPyTorch(model, wrong)).toThrow(
      new Error(
        'fromPyTorch: "module.x" is extra; "1.weight" must be [7, 5], got [5, 7]; "1.bias" is missing; "2.bias" must be float32, got float64',
      ),
    );
    expect(model.stateDict()).toEqual(before);
    expect(() => fromKeras(model, {})).toThrow('fromKeras: "1.kernel" is missing; "1.bias" is missing');
  });

  it("a layer of somebody's own has no counterpart", () => {
    const own = { forward: <T>(x: T) => x, backward: <T>(dy: T) => dy };
    const model = new Sequential(own) as unknown as AnyModel;
    expect(() => toPyTorch(model)).toThrow(
      new Error("toPyTorch: layer 0 must be one of @handgrad/layers, got Object"),
    );
  });

  it("what is no model, and a state dict that went through JSON, are named", () => {
    const writers = { writeModel, writeOnnx, toPyTorch, toKeras, foldBatchNorm, exportPyTorchModule };
    for (const [name, write] of Object.entries(writers)) {
      for (const none of [undefined, new Dense(2, 2)]) {
        expect(() => write(none as never)).toThrow(new TypeError(`${name}: model must be a Sequential`));
      }
    }
    const model: AnyModel = new Sequential(new Dense(2, 1, { bias: false }));
    expect(() => fromPyTorch(model, JSON.parse(JSON.stringify(toPyTorch(model))))).toThrow(
      'fromPyTorch: "0.weight" must be a tensor, its data a typed array',
    );
  });
});

describe("foldBatchNorm", () => {
  it.each([trainedModel, activationsModel])("keeps what %o gives, with fewer layers", (make) => {
    const model = make();
    const before = model.stateDict();
    const folded = foldBatchNorm(model);
    // One rounding of each weight: 6e-8 of terms near 1.
    expect(outputsOf(folded, x)).toBeAllClose(outputsOf(model, x), { rtol: 1e-6, atol: 2e-6 });
    expect(folded.layers.length).toBe(model.layers.length - 1);
    expect(model.stateDict()).toEqual(before);
    const x64 = fromData(Float64Array.from(x.data), [6, 5]);
    expect(outputsOf(foldBatchNorm(inFloat64(model)), x64)).toBeAllClose(outputsOf(inFloat64(model), x64), {
      rtol: 1e-13,
      atol: 1e-14,
    });
  });

  it("leaves alone what does not stand behind a Dense", () => {
    const kinds = (model: AnyModel) => specsOf(model, "test").map(({ layer }) => layer);
    expect(kinds(foldBatchNorm(activationsModel()))).toEqual(
      kinds(activationsModel()).filter((_, index) => index !== 9),
    );
  });
});
