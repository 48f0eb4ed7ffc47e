import { type AnyTensor, type FloatDType, formatShape, full, type Matrix, transpose } from "@handgrad/tensor";
import { printable, quote, requireBytes } from "../bytes.js";
import { type Fail, failing } from "../format-error.js";
import { type AnyModel, createModel, type LayerSpec, type PlainLayer } from "../layer-spec.js";
import { type Graph, type Initializer, type Node, readGraph, readInitializerValues } from "./graph.js";

/** A layer and its tensors by its own names. */
interface ReadLayer {
  readonly spec: LayerSpec;
  readonly tensors: Readonly<Record<string, AnyTensor>>;
}

/**
 * Reads an ONNX file whose nodes stand one after the other, as {@link writeOnnx} and many exporters write them: opset 13 or
 * later, Gemm, MatMul by a constant, BatchNormalization, LayerNormalization over the last axis, Dropout, Flatten,
 * Identity, Relu, LeakyRelu, Sigmoid, Tanh, Gelu, Softmax and LogSoftmax; float or double weights in the file itself.
 * Other operators and other shapes of graphs are refused by name.
 *
 * The model computes in `"eval"` mode what the file computes. A Dense without bias has none.
 *
 * @throws FormatError with the byte at which the file is wrong, or holds what is not read here.
 */
export function readOnnx(file: Uint8Array): AnyModel {
  const bytes = requireBytes("readOnnx", file);
  const fail = failing("readOnnx");
  const graph = readGraph(bytes, fail);
  const nodes = new NodeReader(bytes, graph, fail);
  const layers = chain(graph, fail).flatMap((node) => nodes.read(node));
  if (layers.length === 0) fail("the graph has no layer", graph.offset);
  const dtype = nodes.dtype ?? "float32";
  try {
    const model = createModel(
      layers.map(({ spec }) => spec),
      dtype,
    );
    const state: Record<string, AnyTensor> = { ...model.stateDict() };
    for (const [index, { tensors }] of layers.entries()) {
      for (const [name, tensor] of Object.entries(tensors)) state[`${index}.${name}`] = tensor;
    }
    model.loadStateDict(state);
    return model;
  } catch (error) {
    // Widths that do not fit their neighbours.
    return fail(printable((error as Error).message, 400), graph.offset);
  }
}

/** The nodes from input to output, each of which takes what the one before it gives. */
function chain({ nodes, initializers, inputs, outputs, offset }: Graph, fail: Fail): readonly Node[] {
  const free = inputs.filter((name) => !initializers.has(name));
  if (free.length !== 1 || outputs.length !== 1) {
    fail(`the graph must have one input and one output, got ${free.length} and ${outputs.length}`, offset);
  }
  let [value] = free;
  for (const node of nodes) {
    if (node.inputs[0] !== value) {
      fail(
        `the node ${quote(node.opType)} must take ${quote(value)}, what the node before it gives`,
        node.offset,
      );
    }
    value = node.output;
  }
  if (value !== outputs[0]) fail(`the last node must give the output ${quote(outputs[0])}`, offset);
  return nodes;
}

const plain: ReadonlyMap<string, PlainLayer> = new Map([
  ["Relu", "ReLU"],
  ["Sigmoid", "Sigmoid"],
  ["Tanh", "Tanh"],
]);

/** Turns nodes into layers, and sees that all weights have one dtype. */
class NodeReader {
  readonly #bytes: Uint8Array;
  readonly #graph: Graph;
  readonly #fail: Fail;
  /** A small file must not become a large model by naming one tensor again and again. */
  readonly #used = new Set<Initializer>();
  dtype: FloatDType | undefined;

  constructor(bytes: Uint8Array, graph: Graph, fail: Fail) {
    this.#bytes = bytes;
    this.#graph = graph;
    this.#fail = fail;
  }

  /** The node's layer; none for Identity. */
  read(node: Node): ReadLayer[] {
    const { opType } = node;
    const layer = plain.get(opType);
    if (layer !== undefined) {
      this.#attributes(node, {}, 1);
      return [{ spec: { layer }, tensors: {} }];
    }
    switch (opType) {
      case "Identity":
        this.#attributes(node, {}, 1);
        return [];
      case "Gemm":
        return [this.#gemm(node)];
      case "MatMul":
        this.#attributes(node, {}, 2);
        return [this.#dense(node, this.#tensor(node, 1, 2), undefined)];
      case "BatchNormalization":
        return [this.#batchNorm(node)];
      case "LayerNormalization":
        return [this.#layerNorm(node)];
      case "Dropout":
        return [this.#dropout(node)];
      case "LeakyRelu": {
        const { alpha } = this.#attributes(node, { alpha: 0.01 }, 1);
        return [{ spec: { layer: "LeakyReLU", negativeSlope: alpha }, tensors: {} }];
      }
      case "Gelu": {
        const { approximate } = this.#attributes(node, { approximate: "none" }, 1);
        return [{ spec: { layer: "GELU", approximate: approximate as "none" }, tensors: {} }];
      }
      case "Softmax":
      case "LogSoftmax": {
        const { axis } = this.#attributes(node, { axis: -1 }, 1);
        this.#requireAttribute(node, "axis", axis, [-1, 1]);
        return [{ spec: { layer: opType }, tensors: {} }];
      }
      case "Flatten": {
        const { axis } = this.#attributes(node, { axis: 1 }, 1);
        this.#requireAttribute(node, "axis", axis, [1, -1]);
        return [{ spec: { layer: "Flatten" }, tensors: {} }];
      }
      default:
        return this.#fail(`the operator ${quote(opType)} is not read here`, node.offset);
    }
  }

  #gemm(node: Node): ReadLayer {
    const found = this.#attributes(node, { alpha: 1, beta: 1, transA: 0, transB: 0 }, 3);
    for (const [name, allowed] of Object.entries({ alpha: [1], beta: [1], transA: [0], transB: [0, 1] })) {
      this.#requireAttribute(node, name, found[name as keyof typeof found], allowed);
    }
    const stored = this.#tensor(node, 1, 2) as Matrix<number, number, FloatDType>;
    const weight = found.transB === 1 ? transpose(stored) : stored;
    return this.#dense(node, weight, node.inputs[2] ? this.#vector(node, 2, weight.shape[1]) : undefined);
  }

  #dense(node: Node, weight: AnyTensor, bias: AnyTensor | undefined): ReadLayer {
    const [inFeatures, outFeatures] = weight.shape;
    if (inFeatures === 0 || outFeatures === 0)
      this.#fail(`the weights of ${quote(node.opType)} are empty`, node.offset);
    return {
      spec: { layer: "Dense", inFeatures, outFeatures, bias: bias !== undefined },
      tensors: { weight, ...(bias && { bias }) },
    };
  }

  #batchNorm(node: Node): ReadLayer {
    const found = this.#attributes(node, { epsilon: 1e-5, momentum: 0.9, training_mode: 0 }, 5);
    this.#requireAttribute(node, "training_mode", found.training_mode, [0]);
    const gamma = this.#tensor(node, 1, 1);
    const [features] = gamma.shape;
    const [beta, popMean, popVar] = [2, 3, 4].map((input) => this.#vector(node, input, features));
    return {
      spec: {
        layer: "BatchNorm",
        features,
        decay: found.momentum,
        epsilon: found.epsilon,
        varianceCorrection: "biased",
      },
      tensors: { gamma, beta, pop_mean: popMean, pop_var: popVar },
    };
  }

  #layerNorm(node: Node): ReadLayer {
    const { axis, epsilon } = this.#attributes(node, { axis: -1, epsilon: 1e-5, stash_type: 1 }, 3);
    this.#requireAttribute(node, "axis", axis, [-1, 1]);
    const gamma = this.#tensor(node, 1, 1);
    const [features] = gamma.shape;
    const beta = node.inputs[2] ? this.#vector(node, 2, features) : full([features], 0, gamma.dtype);
    return { spec: { layer: "LayerNorm", features, epsilon }, tensors: { gamma, beta } };
  }

  #dropout(node: Node): ReadLayer {
    this.#attributes(node, { seed: 0 }, 2);
    const ratio = node.inputs[1] ? this.#initializer(node, 1) : undefined;
    if (ratio && ratio.shape.length > 0) this.#fail("the ratio of Dropout must be a scalar", ratio.offset);
    const p = ratio ? readInitializerValues(this.#bytes, ratio, this.#fail).data[0] : 0.5;
    return { spec: { layer: "Dropout", p }, tensors: {} };
  }

  /** The node's attributes, with the operator's defaults; any other is refused, and so are inputs beyond `inputs`. */
  #attributes<T extends Readonly<Record<string, number | string>>>(
    { opType, attributes, inputs: given, offset }: Node,
    defaults: T,
    inputs: number,
  ): { [K in keyof T]: T[K] extends number ? number : string } {
    if (given.slice(inputs).some((name) => name !== "")) {
      this.#fail(`the node ${quote(opType)} may have ${inputs} inputs here, got ${given.length}`, offset);
    }
    const found: Record<string, number | string> = { ...defaults };
    for (const [name, value] of attributes) {
      if (!Object.hasOwn(defaults, name) || typeof value !== typeof defaults[name]) {
        this.#fail(`the attribute ${quote(name)} of ${quote(opType)} is not known here`, offset);
      }
      found[name] = value;
    }
    return found as { [K in keyof T]: T[K] extends number ? number : string };
  }

  #requireAttribute({ opType, offset }: Node, name: string, value: number, allowed: readonly number[]): void {
    if (!allowed.includes(value)) {
      this.#fail(`the attribute ${name} of ${opType} must be ${allowed.join(" or ")}, got ${value}`, offset);
    }
  }

  #initializer({ opType, inputs, offset }: Node, input: number): Initializer {
    const name = inputs[input] ?? "";
    return (
      this.#graph.initializers.get(name) ??
      this.#fail(`input ${input} of ${quote(opType)} must be an initializer, got ${quote(name)}`, offset)
    );
  }

  #tensor(node: Node, input: number, axes: number): AnyTensor {
    const initializer = this.#initializer(node, input);
    const { shape, dtype, offset } = initializer;
    if (shape.length !== axes) {
      this.#fail(
        `input ${input} of ${node.opType} must have ${axes} axes, got ${formatShape(shape)}`,
        offset,
      );
    }
    if (this.#used.has(initializer)) {
      this.#fail(`the initializer ${quote(node.inputs[input])} must be of one node alone`, node.offset);
    }
    this.#used.add(initializer);
    this.dtype ??= dtype;
    if (dtype !== this.dtype) this.#fail(`all weights must be ${this.dtype}, got ${dtype}`, offset);
    return readInitializerValues(this.#bytes, initializer, this.#fail);
  }

  #vector(node: Node, input: number, features: number): AnyTensor {
    const tensor = this.#tensor(node, input, 1);
    if (tensor.shape[0] === features) return tensor;
    const { offset } = this.#initializer(node, input);
    return this.#fail(
      `input ${input} of ${node.opType} must be [${features}], got ${formatShape(tensor.shape)}`,
      offset,
    );
  }
}
