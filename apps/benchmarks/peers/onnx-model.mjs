import onnxProto from "onnx-proto";

const { onnx } = onnxProto;
const FLOAT = onnx.TensorProto.DataType.FLOAT;
const VERSION = { ir: 8, operators: 17 };

const tensor = (name, dims, values) => ({
  name,
  dims,
  dataType: FLOAT,
  rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
});

const port = (name, dims) => ({
  name,
  type: {
    tensorType: {
      elemType: FLOAT,
      shape: {
        dim: dims.map((size) => (typeof size === "string" ? { dimParam: size } : { dimValue: size })),
      },
    },
  },
});

/** The layers as bytes of an ONNX model: Gemm, BatchNormalization with its running statistics, Relu, …, Gemm. */
export function onnxModel(layers, epsilon) {
  const node = [];
  const initializer = [];
  const constant = (name, dims, values) => {
    initializer.push(tensor(name, dims, values));
    return name;
  };
  const apply = (opType, input, output, attribute = []) => {
    node.push({ opType, input, output: [output], attribute });
    return output;
  };
  const last = layers.length - 1;
  layers.reduce((h, { in: width, out, weight, bias, gamma, beta, mean, variance }, i) => {
    const weights = [constant(`weight${i}`, [width, out], weight), constant(`bias${i}`, [out], bias)];
    const y = apply("Gemm", [h, ...weights], i === last ? "logits" : `y${i}`);
    if (i === last) return y;
    const statistics = Object.entries({ gamma, beta, mean, variance }).map(([name, values]) =>
      constant(`${name}${i}`, [out], values),
    );
    const normalized = apply("BatchNormalization", [y, ...statistics], `normalized${i}`, [
      { name: "epsilon", type: onnx.AttributeProto.AttributeType.FLOAT, f: epsilon },
    ]);
    return apply("Relu", [normalized], `h${i}`);
  }, "x");
  return onnx.ModelProto.encode({
    irVersion: VERSION.ir,
    opsetImport: [{ domain: "", version: VERSION.operators }],
    producerName: "handgrad-benchmarks",
    graph: {
      name: "mlp",
      node,
      initializer,
      input: [port("x", ["rows", layers[0].in])],
      output: [port("logits", ["rows", layers[last].out])],
    },
  }).finish();
}
