import type { AnyTensor, FloatDType } from "@handgrad/tensor";
import { quote } from "../bytes.js";
import { readElements } from "../elements.js";
import type { Fail } from "../format-error.js";
import { elementCount, MOST_AXES } from "../shape-size.js";
import { type Field, readFields } from "./fields.js";
import {
  ATTRIBUTE,
  ATTRIBUTE_TYPE,
  DATA_TYPE,
  GRAPH,
  MODEL,
  NODE,
  OLDEST_OPSET,
  OPSET,
  TENSOR,
  VALUE_INFO,
} from "./schema.js";

/** More nodes than a model of layers one after the other has: a node of 14 bytes becomes a layer of hundreds. */
const MOST_NODES = 10_000;
const MOST_INITIALIZERS = 5 * MOST_NODES;
const MOST_INPUTS = 5;
const MOST_ATTRIBUTES = 16;

export interface Initializer {
  readonly shape: readonly number[];
  readonly dtype: FloatDType;
  readonly start: number;
  readonly offset: number;
}

export interface Node {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: ReadonlyMap<string, number | string>;
  readonly offset: number;
}

export interface Graph {
  readonly nodes: readonly Node[];
  readonly initializers: ReadonlyMap<string, Initializer>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly offset: number;
}

/** The graph of an ONNX model, as far as layers one after the other need it. */
export function readGraph(bytes: Uint8Array, fail: Fail): Graph {
  let graph: Graph | undefined;
  let opset: number | undefined;
  readFields(bytes, 0, bytes.length, "the model", fail, (field) => {
    if (field.number === MODEL.graph) {
      if (graph) fail("the model has two graphs", field.offset);
      graph = readGraphFields(field, fail);
    } else if (field.number === MODEL.opsetImport) {
      const found = readOpset(field, fail);
      if (found !== undefined) opset = found;
    }
  });
  if (opset === undefined) fail("the model must tell its opset", 0);
  return graph ?? fail("the model has no graph", 0);
}

/** The version of ONNX's own operators. Those of others are refused where a node uses them. */
function readOpset(field: Field, fail: Fail): number | undefined {
  let domain = "";
  let version = 0;
  field.message("opset_import", (part) => {
    if (part.number === OPSET.domain) domain = part.text("the opset's domain");
    if (part.number === OPSET.version) version = part.integer("the opset's version");
  });
  if (domain !== "" && domain !== "ai.onnx") return undefined;
  if (version < OLDEST_OPSET)
    fail(`the opset must be ${OLDEST_OPSET} or later, got ${version}`, field.offset);
  return version;
}

function readGraphFields(graph: Field, fail: Fail): Graph {
  const nodes: Node[] = [];
  const initializers = new Map<string, Initializer>();
  const inputs: string[] = [];
  const outputs: string[] = [];
  const values = (found: string[], field: Field, what: string) => {
    if (found.push(readName(field, what)) > MOST_INITIALIZERS)
      fail(`the graph has too many of ${what}`, field.offset);
  };
  graph.message("the graph", (field) => {
    switch (field.number) {
      case GRAPH.node:
        nodes.push(readNode(field, fail));
        if (nodes.length > MOST_NODES) fail(`the graph may have ${MOST_NODES} nodes`, field.offset);
        break;
      case GRAPH.initializer: {
        const { name, ...initializer } = readInitializer(field, fail);
        if (initializers.has(name)) fail(`the graph has the initializer ${quote(name)} twice`, field.offset);
        initializers.set(name, initializer);
        if (initializers.size > MOST_INITIALIZERS)
          fail(`the graph may have ${MOST_INITIALIZERS} initializers`, field.offset);
        break;
      }
      case GRAPH.sparseInitializer:
        fail("sparse initializers are not read", field.offset);
        break;
      case GRAPH.input:
        values(inputs, field, "an input");
        break;
      case GRAPH.output:
        values(outputs, field, "an output");
        break;
    }
  });
  return { nodes, initializers, inputs, outputs, offset: graph.offset };
}

function readName(field: Field, what: string): string {
  let name = "";
  field.message(what, (part) => {
    if (part.number === VALUE_INFO.name) name = part.text(`the name of ${what}`);
  });
  return name;
}

function readNode(field: Field, fail: Fail): Node {
  let opType = "";
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, number | string>();
  field.message("a node", (part) => {
    if (part.number === NODE.opType) opType = part.text("op_type");
    else if (part.number === NODE.input) inputs.push(part.text("a node's input"));
    else if (part.number === NODE.output) outputs.push(part.text("a node's output"));
    else if (part.number === NODE.attribute) {
      const [name, value] = readAttribute(part, opType, fail);
      if (attributes.has(name)) fail(`a node has the attribute ${quote(name)} twice`, part.offset);
      attributes.set(name, value);
    } else if (part.number === NODE.domain) {
      const domain = part.text("a node's domain");
      if (domain !== "" && domain !== "ai.onnx")
        fail(`the domain of a node must be ONNX's own, got ${quote(domain)}`, part.offset);
    }
    if (inputs.length > MOST_INPUTS || outputs.length > MOST_INPUTS || attributes.size > MOST_ATTRIBUTES) {
      fail("a node has more inputs, outputs or attributes than any that is read here", part.offset);
    }
  });
  const [output, ...more] = outputs;
  if (!output || more.some((name) => name !== "")) {
    fail(`the node ${quote(opType)} must have one output, got ${outputs.length}`, field.offset);
  }
  return { opType, inputs, output, attributes, offset: field.offset };
}

function readAttribute(field: Field, opType: string, fail: Fail): [name: string, value: number | string] {
  let name = "";
  let type: number | undefined;
  const values: { float?: number; int?: number; string?: string } = {};
  field.message("an attribute", (part) => {
    if (part.number === ATTRIBUTE.name) name = part.text("the name of an attribute");
    if (part.number === ATTRIBUTE.float) values.float = part.float("an attribute");
    if (part.number === ATTRIBUTE.int) values.int = part.integer("an attribute");
    if (part.number === ATTRIBUTE.string) values.string = part.text("an attribute");
    if (part.number === ATTRIBUTE.type) type = part.integer("the type of an attribute");
  });
  // protobuf leaves out what is 0 or empty.
  if (type === ATTRIBUTE_TYPE.float) return [name, values.float ?? 0];
  if (type === ATTRIBUTE_TYPE.int) return [name, values.int ?? 0];
  if (type === ATTRIBUTE_TYPE.string) return [name, values.string ?? ""];
  return fail(
    `the attribute ${quote(name)} of ${quote(opType)} must be a float, an integer or a text, got type ${type ?? 0}`,
    field.offset,
  );
}

const dtypeNamed = new Map<number, FloatDType>([
  [DATA_TYPE.float32, "float32"],
  [DATA_TYPE.float64, "float64"],
]);
const BYTES = { float32: 4, float64: 8 } as const;

function readInitializer(field: Field, fail: Fail): Initializer & { readonly name: string } {
  let name = "";
  let type = 0;
  const shape: number[] = [];
  let data: { readonly dtype?: FloatDType; readonly span: readonly [number, number] } | undefined;
  field.message("an initializer", (part) => {
    const hold = (dtype?: FloatDType) => {
      if (data) fail("an initializer must have its data once", part.offset);
      data = { span: part.span("the data of an initializer"), ...(dtype && { dtype }) };
    };
    switch (part.number) {
      case TENSOR.name:
        name = part.text("the name of an initializer");
        break;
      case TENSOR.dims:
        part.integers("dims of an initializer", (size) => {
          if (size < 0) fail(`dims of an initializer must not be negative, got ${size}`, part.offset);
          if (shape.push(size) > MOST_AXES) fail(`an initializer may have ${MOST_AXES} axes`, part.offset);
        });
        break;
      case TENSOR.dataType:
        type = part.integer("data_type of an initializer");
        break;
      case TENSOR.segment:
        fail("initializers in segments are not read", part.offset);
        break;
      case TENSOR.floatData:
        hold("float32");
        break;
      case TENSOR.doubleData:
        hold("float64");
        break;
      case TENSOR.rawData:
        hold();
        break;
      case TENSOR.dataLocation:
        if (part.integer("data_location") !== 0)
          fail("initializers in other files are not read", part.offset);
        break;
    }
  });
  const what = `the initializer ${quote(name)}`;
  const dtype = dtypeNamed.get(type);
  if (dtype === undefined)
    return fail(`${what} must be float (1) or double (11), got data_type ${type}`, field.offset);
  if (data?.dtype !== undefined && data.dtype !== dtype)
    fail(`${what} must have its data in its own type`, field.offset);
  const bytes = elementCount(shape, what, field.offset, fail) * BYTES[dtype];
  const [start, end] = data?.span ?? [0, 0];
  if (end - start !== bytes) {
    fail(
      `the data of ${what}, [${shape.join(", ")}], must have ${bytes} bytes, got ${end - start}`,
      field.offset,
    );
  }
  return { name, shape, dtype, start, offset: field.offset };
}

/** The values of an initializer. */
export function readInitializerValues(
  bytes: Uint8Array,
  { shape, dtype, start }: Initializer,
  fail: Fail,
): AnyTensor {
  const kind = dtype === "float32" ? "f4" : "f8";
  const count = shape.reduce((product, size) => product * size, 1);
  return readElements(bytes, start, count, { kind, shape, little: true, what: "an initializer" }, fail);
}
