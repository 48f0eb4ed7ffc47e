/**
 * The numbers of the fields that are read and written here. Source: onnx.proto of ONNX 1.16, IR version 10.
 */
export const MODEL = { irVersion: 1, producerName: 2, graph: 7, opsetImport: 8 } as const;
export const OPSET = { domain: 1, version: 2 } as const;
export const GRAPH = {
  node: 1,
  name: 2,
  initializer: 5,
  input: 11,
  output: 12,
  sparseInitializer: 15,
} as const;
export const NODE = { input: 1, output: 2, name: 3, opType: 4, attribute: 5, domain: 7 } as const;
export const ATTRIBUTE = { name: 1, float: 2, int: 3, string: 4, type: 20 } as const;
export const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3 } as const;
export const TENSOR = {
  dims: 1,
  dataType: 2,
  segment: 3,
  floatData: 4,
  name: 8,
  rawData: 9,
  doubleData: 10,
  dataLocation: 14,
} as const;
export const DATA_TYPE = { float32: 1, float64: 11 } as const;
export const VALUE_INFO = { name: 1, type: 2 } as const;
export const TYPE = { tensorType: 1 } as const;
export const TENSOR_TYPE = { elementType: 1, shape: 2 } as const;
export const SHAPE = { dim: 1 } as const;
export const DIMENSION = { value: 1, param: 2 } as const;

/** Of the files written here; files from 13 on are read. Gelu came with 20. */
export const OPSET_VERSION = 20;
export const OLDEST_OPSET = 13;
/** The IR version that came with opset 20. */
export const IR_VERSION = 9;
