import { formatIndex, formatShape } from "./indices.js";

export type Mode = "train" | "eval";

/**
 * Elements in row-major order. `data` must be a Float64Array when a gradient check runs;
 * the type asks less, for libraries that know their dtype only then.
 */
export interface TensorLike {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** A trained tensor. `backward` adds to `grad`, which has the shape of `value`. */
export interface ParameterLike {
  readonly value: TensorLike;
  readonly grad: TensorLike;
}

/**
 * Anything with a forward and a backward pass. A pure function or a loss becomes one as an object literal
 * whose two methods share a variable.
 */
export interface LayerLike {
  /** Returns y. Deterministic: what it remembers between calls and uses in y belongs in `state`. */
  forward(x: TensorLike, mode: Mode): TensorLike;
  /** Takes dL/dy of the last forward, adds to every parameter's grad, returns dL/dx in the shape of x. */
  backward(dy: TensorLike): TensorLike;
  /** What is trained, by name. An undefined entry is a parameter that this layer does without. */
  readonly params?: Readonly<Record<string, ParameterLike | undefined>>;
  /** What forward may change, by name: tensors of any dtype, and numbers. */
  readonly state?: Readonly<Record<string, TensorLike | number | undefined>>;
}

export interface Float64Tensor extends TensorLike {
  readonly data: Float64Array;
}

/** Throws unless `value` is a tensor of finite float64 numbers, of the expected shape where one is given. */
export function expectTensor(
  name: string,
  value: TensorLike | undefined,
  shape?: readonly number[],
): asserts value is Float64Tensor {
  const fail = (expected: string, got: string): never => {
    throw new Error(`checkGradients: ${name} must ${expected}, got ${got}`);
  };
  const wanted = shape ? `be a tensor of shape ${formatShape(shape)}` : "be a tensor";
  if (typeof value !== "object" || value === null) return fail(wanted, String(value));
  if (!Array.isArray(value.shape)) return fail(wanted, "an object without a shape");
  if (!(value.data instanceof Float64Array)) {
    return fail("hold its data in a Float64Array", nameOfType(value.data));
  }
  if (shape && formatShape(value.shape) !== formatShape(shape)) {
    return fail(wanted, `shape ${formatShape(value.shape)}`);
  }
  const size = value.shape.reduce((product, axis) => product * axis, 1);
  if (value.data.length !== size) {
    return fail(`hold ${size} numbers for its shape ${formatShape(value.shape)}`, String(value.data.length));
  }
  const bad = value.data.findIndex((number) => !Number.isFinite(number));
  if (bad >= 0) return fail("be finite", `${value.data[bad]} at ${formatIndex(bad, value.shape)}`);
}

function nameOfType(value: unknown): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}
