import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { Dense, Dropout, LeakyReLU, ReLU, Sequential } from "@handgrad/layers";
import { Random } from "@handgrad/tensor";
import fc from "fast-check";
import { propertyRuns } from "testing";
import { describe, expect, it } from "vitest";
import { FormatError } from "../format-error.js";
import { type AnyModel, specsOf } from "../layer-spec.js";
import { replaced } from "../test-files.js";
import { activationsModel, inputs, outputsOf, trainedModel } from "../test-models.js";
import { type Draw, mutateBytes, mutated, readOrRefuse } from "../test-mutations.js";
import { readOnnx } from "./read.js";
import { writeOnnx } from "./write.js";

const rng = new Random(1);
const small = writeOnnx(new Sequential(new Dense(2, 3, { rng }), new ReLU(), new Dropout(0.25)) as AnyModel);

describe("written and read back", () => {
  it.each([trainedModel, activationsModel])("the model is the same: %o", (make) => {
    const model = make();
    const read = readOnnx(writeOnnx(model));
    const x = inputs(4, 5);
    // epsilon and slopes are float32 in the file.
    expect(outputsOf(read, x)).toBeAllClose(outputsOf(model, x), { rtol: 2e-6, atol: 2e-6 });
    expect(specsOf(read, "test").map(({ layer }) => layer)).toEqual(
      specsOf(model, "test").map(({ layer }) => layer),
    );
    expect(writeOnnx(readOnnx(writeOnnx(read)))).toEqual(writeOnnx(read));
  });

  it("keeps dropout's share and takes a model of activations alone", () => {
    expect(specsOf(readOnnx(small), "test")).toContainEqual({ layer: "Dropout", p: 0.25 });
    const read = readOnnx(
      writeOnnx(new Sequential(new LeakyReLU({ negativeSlope: 0.5 })) as unknown as AnyModel),
    );
    expect(specsOf(read, "test")).toEqual([{ layer: "LeakyReLU", negativeSlope: 0.5 }]);
  });
});

/** Some bytes of a message: fields as [number, value]. */
const message = (...fields: readonly [number, string | number | Uint8Array][]): Uint8Array => {
  const writer = new BinaryWriter();
  for (const [field, value] of fields) {
    if (typeof value === "number") writer.tag(field, 0).int64(value);
    else if (typeof value === "string") writer.tag(field, 2).string(value);
    else writer.tag(field, 2).bytes(value);
  }
  return writer.finish();
};
const opset = (version: number) => message([8, message([2, version])]);
const value = (name: string) => message([1, name]);
const node = (opType: string, ...inputs: readonly string[]) =>
  message(...inputs.map((name): [number, string] => [1, name]), [2, "y"], [4, opType]);
const model = (...graph: readonly [number, string | number | Uint8Array][]): Uint8Array =>
  Uint8Array.from([...opset(20), ...message([7, message(...graph, [11, value("x")], [12, value("y")])])]);
const weight = (...fields: readonly [number, string | number | Uint8Array][]) =>
  message([8, "w"], [1, 1], [1, 1], [2, 1], ...fields);
const one = new Uint8Array([0, 0, 128, 63]);

describe("readOnnx refuses", () => {
  const refusals: readonly [string, Uint8Array, string][] = [
    ["nothing", new Uint8Array(), "the model must tell its opset"],
    ["no graph", opset(20), "the model has no graph"],
    ["an old opset", opset(12), "the opset must be 13 or later, got 12"],
    ["a cut file", small.subarray(0, 40), 'is no protobuf message: "premature EOF"'],
    ["a group", Uint8Array.of(0x0b, 0x0c), 'is no protobuf message: "a group"'],
    ["groups in groups", new Uint8Array(1e6).fill(0x0b), 'is no protobuf message: "a group"'],
    ["a varint without end", new Uint8Array(1e6).fill(0xff), "is no protobuf message"],
    ["another operator", replaced(small, "Relu", "Selu"), 'the operator "Selu" is not read here'],
    [
      "another domain",
      model([1, message([1, "x"], [2, "y"], [4, "Relu"], [7, "com.x"])]),
      'the domain of a node must be ONNX\'s own, got "com.x"',
    ],
    [
      "a branch",
      model([1, node("Relu", "z")]),
      'the node "Relu" must take "x", what the node before it gives',
    ],
    ["no layer", model(), 'the last node must give the output "y"'],
    [
      "two outputs of a node",
      model([1, message([1, "x"], [2, "y"], [2, "z"], [4, "Dropout"])]),
      'the node "Dropout" must have one output, got 2',
    ],
    [
      "an unknown attribute",
      model([
        1,
        Uint8Array.from([...node("Relu", "x"), ...message([5, message([1, "a"], [3, 1], [20, 2])])]),
      ]),
      'the attribute "a" of "Relu" is not known here',
    ],
    [
      "an attribute called constructor",
      model([
        1,
        Uint8Array.from([
          ...node("Relu", "x"),
          ...message([5, message([1, "constructor"], [3, 1], [20, 2])]),
        ]),
      ]),
      '"constructor" of "Relu" is not known here',
    ],
    [
      "training mode",
      model([
        1,
        Uint8Array.from([
          ...node("BatchNormalization", "x"),
          ...message([5, message([1, "training_mode"], [3, 1], [20, 2])]),
        ]),
      ]),
      "the attribute training_mode of BatchNormalization must be 0, got 1",
    ],
    [
      "an attribute that is a graph",
      model([1, Uint8Array.from([...node("If", "x"), ...message([5, message([1, "a"], [20, 5])])])]),
      'the attribute "a" of "If" must be a float, an integer or a text, got type 5',
    ],
    [
      "weights that are computed",
      model([1, node("MatMul", "x", "w")]),
      'input 1 of "MatMul" must be an initializer, got "w"',
    ],
    [
      "too few bytes",
      model([1, node("MatMul", "x", "w")], [5, weight([9, one.subarray(1)])]),
      'the data of the initializer "w", [1, 1], must have 4 bytes, got 3',
    ],
    [
      "data twice",
      model([1, node("MatMul", "x", "w")], [5, weight([9, one], [9, one])]),
      "an initializer must have its data once",
    ],
    [
      "data in another file",
      model([1, node("MatMul", "x", "w")], [5, weight([14, 1])]),
      "initializers in other files are not read",
    ],
    [
      "a shape that overflows",
      model([5, message([8, "w"], [1, 2 ** 40], [1, 2 ** 40], [2, 1])]),
      "too many elements",
    ],
    [
      "a negative size",
      model([5, message([8, "w"], [1, -1], [2, 1])]),
      "dims of an initializer must not be negative, got -1",
    ],
    [
      "integer weights",
      model([5, message([8, "w"], [2, 7])]),
      'the initializer "w" must be float (1) or double (11), got data_type 7',
    ],
    [
      "an initializer twice",
      model([5, weight([9, one])], [5, weight([9, one])]),
      'the graph has the initializer "w" twice',
    ],
    [
      "weights of two nodes",
      model(
        [1, message([1, "x"], [1, "w"], [2, "a"], [4, "MatMul"])],
        [1, node("MatMul", "a", "w")],
        [5, weight([9, one])],
      ),
      'the initializer "w" must be of one node alone',
    ],
    [
      "a negative variance's epsilon",
      model(
        [1, Uint8Array.from([...node("LeakyRelu", "x"), ...message([5, message([1, "alpha"], [20, 1])])])],
        [15, "x"],
      ),
      "sparse initializers are not read",
    ],
    [
      "ten thousand nodes",
      model(...Array.from({ length: 10_001 }, (): [number, Uint8Array] => [1, node("Relu", "x")])),
      "the graph may have 10000 nodes",
    ],
    [
      "an option of control characters, and shows them escaped",
      replaced(writeOnnx(activationsModel()), "tanh", "t\x1b[J"),
      'GELU: approximate must be "none" or "tanh", got t\\u001b[J',
    ],
    ["text that is no UTF-8", replaced(small, "Relu", "Rel\xff"), "op_type must be UTF-8"],
  ];
  it.each(refusals)("%s", (_, file, text) => {
    expect(() => readOnnx(file)).toThrow(FormatError);
    expect(() => readOnnx(file)).toThrow(text);
  });

  it("widths that do not fit their neighbours", () => {
    const cut = model(
      [1, message([1, "x"], [1, "w"], [2, "a"], [4, "MatMul"])],
      [1, node("MatMul", "a", "v")],
      [5, weight([9, one])],
      [5, message([8, "v"], [1, 2], [1, 1], [2, 1], [9, new Uint8Array(8)])],
    );
    expect(() => readOnnx(cut)).toThrow("Sequential: layer 1 takes 2 features, but receives 1");
  });
});

it("takes data as packed floats, and Gemm without transposing", () => {
  const read = readOnnx(model([1, node("Gemm", "x", "w")], [5, weight([4, one])]));
  expect([...read.parameters()["0.weight"].value.data]).toEqual([1]);
});

describe("changed ONNX files", () => {
  const files = [writeOnnx(trainedModel()), writeOnnx(activationsModel()), small];

  /** Names and operators are changed in place, as other bytes of the same length; the rest anywhere. */
  function mutate(file: Uint8Array, draws: readonly Draw[]): Uint8Array {
    return draws.reduce((bytes, draw, i) => {
      if (draw.kind % 3 !== 0)
        return mutateBytes(bytes, { ...draw, kind: draw.kind >> 2 }, files[i % files.length]);
      const words = [
        "Relu",
        "Gelu",
        "Tanh",
        "Gemm",
        "axis",
        "1.output",
        "0.output",
        "2.output",
        "input",
        "alpha",
      ];
      const found = words.filter((word) => Buffer.from(bytes).includes(word));
      if (found.length === 0) return bytes;
      const from = found[draw.where % found.length];
      const fitting = words.filter(({ length }) => length === from.length);
      return replaced(bytes, from, fitting[draw.what % fitting.length]);
    }, file);
  }

  it("are read, or refused", () => {
    let [read, all] = [0, 0];
    fc.assert(
      fc.property(mutated(files.length), ([index, draws]) => {
        const file = mutate(files[index], draws);
        const found = readOrRefuse(readOnnx, file);
        all++;
        if (found === undefined) return;
        read++;
        const again = readOnnx(writeOnnx(found));
        expect(specsOf(again, "test").length).toBe(found.layers.length);
        for (const [path, { value }] of Object.entries(found.parameters())) {
          expect(again.parameters()[path].value).toEqual(value);
        }
      }),
      propertyRuns(3000),
    );
    expect(read).toBeGreaterThan(0.02 * all);
    expect(read).toBeLessThan(0.9 * all);
  });
});
