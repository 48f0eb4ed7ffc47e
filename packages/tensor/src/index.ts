export { allocate, type Data, type DataOf, type DType, type FloatData, type FloatDType } from "./dtype.js";
export type { ActivationOperation, BinaryOperation, Kernels, UnaryOperation } from "./engines/kernels.js";
export {
  type EngineName,
  engine,
  kernels,
  type RelaxedSimd,
  threads,
  useEngine,
  useThreads,
} from "./engines/select.js";
export { DTypeError, ShapeError } from "./errors.js";
export { expectShape } from "./expect-shape.js";
export {
  add,
  type Broadcast,
  type Broadcastable,
  cast,
  div,
  exp,
  log,
  maximum,
  mul,
  sqrt,
  sub,
} from "./ops/elementwise.js";
export { gatherRows, oneHot, reshape, sliceRows, transpose } from "./ops/layout.js";
export { type MatmulOptions, matmul } from "./ops/matmul.js";
export { normal, permutation, uniform } from "./ops/random.js";
export { argmax, max, mean, type Reduced, type ReduceOptions, sum, variance } from "./ops/reduce.js";
export { Random, type RandomState } from "./random.js";
export {
  type AtLeast,
  type AxisPattern,
  type Even,
  type Fit,
  formatShape,
  type Nested,
  type RaggedRows,
  requireShape,
  type Shape,
  type ShapeOf,
  sameShape,
} from "./shape.js";
export {
  type AnyTensor,
  clone,
  empty,
  fromData,
  full,
  type Matrix,
  ones,
  type Rows,
  resident,
  type Tensor,
  tensor,
  type Vector,
  zeros,
} from "./tensor.js";
export { Workspace } from "./workspace.js";
