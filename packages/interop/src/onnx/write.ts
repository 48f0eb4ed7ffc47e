import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { AnyTensor, FloatDType } from "@handgrad/tensor";
import { writeElements } from "../elements.js";
import { type AnyModel, dtypeOf, type LayerSpec, specsOf } from "../layer-spec.js";
import {
  ATTRIBUTE,
  ATTRIBUTE_TYPE,
  DATA_TYPE,
  DIMENSION,
  GRAPH,
  IR_VERSION,
  MODEL,
  NODE,
  OPSET,
  OPSET_VERSION,
  SHAPE,
  TENSOR,
  TENSOR_TYPE,
  TYPE,
  VALUE_INFO,
} from "./schema.js";

interface Operator {
  readonly opType: string;
  /** Names of the layer's tensors, after x. */
  readonly inputs?: readonly string[];
  readonly floats?: Readonly<Record<string, number>>;
  readonly ints?: Readonly<Record<string, number>>;
  readonly strings?: Readonly<Record<string, string>>;
}

/**
 * The model as it computes in `"eval"` mode, as an ONNX file: IR version 9, opset 20. Input `"input"` is [N, in] with any
 * N, output `"output"` is [N, out], and tensors keep their paths, `"0.weight"`. Batch norm is in its inference form,
 * dropout does nothing. {@link foldBatchNorm} first makes a smaller and faster file.
 *
 * What only training needs is not in it: `state.batches`, the variance correction, a cumulative decay.
 *
 * @throws Error for a layer that is not of `@handgrad/layers`.
 */
export function writeOnnx(model: AnyModel): Uint8Array {
  const specs = specsOf(model, "writeOnnx");
  const dtype = dtypeOf(model);
  const state = model.stateDict();
  const wide = model.layers.filter(({ inWidth }) => inWidth !== undefined);
  const [first, last] = [wide[0], wide.at(-1)];
  const writer = new BinaryWriter();
  writer.tag(MODEL.irVersion, WireType.Varint).int64(IR_VERSION);
  writer.tag(MODEL.producerName, WireType.LengthDelimited).string("handgrad");
  message(writer, MODEL.graph, () => {
    for (const [index, spec] of specs.entries()) writeNode(writer, index, specs.length, spec);
    writer.tag(GRAPH.name, WireType.LengthDelimited).string("Sequential");
    for (const [index, spec] of specs.entries()) {
      for (const name of operatorOf(spec).inputs ?? []) {
        const path = `${index}.${name}`;
        // Dropout's share is no tensor here, but an input there.
        if (spec.layer === "Dropout")
          writeInitializer(writer, path, [], DATA_TYPE.float32, float32Bytes(spec.p));
        else writeTensor(writer, path, state[path]);
      }
    }
    writeValueInfo(writer, GRAPH.input, "input", dtype, first?.inWidth);
    writeValueInfo(writer, GRAPH.output, "output", dtype, last?.outWidth);
  });
  message(writer, MODEL.opsetImport, () => {
    writer.tag(OPSET.domain, WireType.LengthDelimited).string("");
    writer.tag(OPSET.version, WireType.Varint).int64(OPSET_VERSION);
  });
  return writer.finish();
}

function operatorOf(spec: LayerSpec): Operator {
  switch (spec.layer) {
    case "Dense":
      return { opType: "Gemm", inputs: spec.bias ? ["weight", "bias"] : ["weight"] };
    case "BatchNorm":
      return {
        opType: "BatchNormalization",
        inputs: ["gamma", "beta", "pop_mean", "pop_var"],
        floats: { epsilon: spec.epsilon, ...(spec.decay !== "cumulative" && { momentum: spec.decay }) },
      };
    case "LayerNorm":
      return {
        opType: "LayerNormalization",
        inputs: ["gamma", "beta"],
        floats: { epsilon: spec.epsilon },
        ints: { axis: -1 },
      };
    case "Dropout":
      return { opType: "Dropout", inputs: ["ratio"] };
    case "LeakyReLU":
      return { opType: "LeakyRelu", floats: { alpha: spec.negativeSlope } };
    case "GELU":
      return { opType: "Gelu", strings: { approximate: spec.approximate } };
    case "ReLU":
      return { opType: "Relu" };
    case "Flatten":
      return { opType: "Flatten", ints: { axis: 1 } };
    case "Softmax":
    case "LogSoftmax":
      return { opType: spec.layer, ints: { axis: -1 } };
    default:
      return { opType: spec.layer };
  }
}

/** Values between layers are called after the layer that makes them. */
const valueName = (index: number, layers: number): string => {
  if (index < 0) return "input";
  return index === layers - 1 ? "output" : `${index}.output`;
};

function writeNode(writer: BinaryWriter, index: number, layers: number, spec: LayerSpec): void {
  const { opType, inputs = [], floats = {}, ints = {}, strings = {} } = operatorOf(spec);
  const text = (field: number, value: string) => writer.tag(field, WireType.LengthDelimited).string(value);
  message(writer, GRAPH.node, () => {
    text(NODE.input, valueName(index - 1, layers));
    for (const name of inputs) text(NODE.input, `${index}.${name}`);
    text(NODE.output, valueName(index, layers));
    text(NODE.name, `${index}.${spec.layer}`);
    text(NODE.opType, opType);
    const attribute = (name: string, type: number, value: () => void) =>
      message(writer, NODE.attribute, () => {
        text(ATTRIBUTE.name, name);
        value();
        writer.tag(ATTRIBUTE.type, WireType.Varint).int32(type);
      });
    for (const [name, value] of Object.entries(floats)) {
      attribute(name, ATTRIBUTE_TYPE.float, () => writer.tag(ATTRIBUTE.float, WireType.Bit32).float(value));
    }
    for (const [name, value] of Object.entries(ints)) {
      attribute(name, ATTRIBUTE_TYPE.int, () => writer.tag(ATTRIBUTE.int, WireType.Varint).int64(value));
    }
    for (const [name, value] of Object.entries(strings)) {
      attribute(name, ATTRIBUTE_TYPE.string, () => text(ATTRIBUTE.string, value));
    }
  });
}

const writeTensor = (writer: BinaryWriter, name: string, tensor: AnyTensor): void =>
  writeInitializer(writer, name, tensor.shape, DATA_TYPE[tensor.dtype as FloatDType], writeElements(tensor));

function writeInitializer(
  writer: BinaryWriter,
  name: string,
  shape: readonly number[],
  type: number,
  data: Uint8Array,
): void {
  message(writer, GRAPH.initializer, () => {
    for (const size of shape) writer.tag(TENSOR.dims, WireType.Varint).int64(size);
    writer.tag(TENSOR.dataType, WireType.Varint).int32(type);
    writer.tag(TENSOR.name, WireType.LengthDelimited).string(name);
    writer.tag(TENSOR.rawData, WireType.LengthDelimited).bytes(data);
  });
}

function float32Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return bytes;
}

/** [N, width], where N may be anything; a model of activations alone takes any width. */
function writeValueInfo(
  writer: BinaryWriter,
  field: number,
  name: string,
  dtype: FloatDType,
  width: number | undefined,
): void {
  message(writer, field, () => {
    writer.tag(VALUE_INFO.name, WireType.LengthDelimited).string(name);
    message(writer, VALUE_INFO.type, () =>
      message(writer, TYPE.tensorType, () => {
        writer.tag(TENSOR_TYPE.elementType, WireType.Varint).int32(DATA_TYPE[dtype]);
        message(writer, TENSOR_TYPE.shape, () => {
          const free = (name: string) => () =>
            writer.tag(DIMENSION.param, WireType.LengthDelimited).string(name);
          message(writer, SHAPE.dim, free("N"));
          message(
            writer,
            SHAPE.dim,
            width === undefined ? free("F") : () => writer.tag(DIMENSION.value, WireType.Varint).int64(width),
          );
        });
      }),
    );
  });
}

function message(writer: BinaryWriter, field: number, body: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  body();
  writer.join();
}
