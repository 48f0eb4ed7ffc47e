/** Element types. Arithmetic that rounds (div, exp, matmul, mean, …) takes the floating ones only. */
export type DType = "float32" | "float64" | "int32" | "uint8";
export type FloatDType = "float32" | "float64";

interface Storages {
  float32: Float32Array;
  float64: Float64Array;
  int32: Int32Array;
  uint8: Uint8Array;
}

/** The typed array that holds the elements of a tensor of dtype `D`. */
export type DataOf<D extends DType> = Storages[D];
export type Data = DataOf<DType>;
export type FloatData = DataOf<FloatDType>;

const constructors: { readonly [D in DType]: new (length: number) => DataOf<D> } = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint8: Uint8Array,
};

const isDType = (name: unknown): name is DType =>
  typeof name === "string" && Object.hasOwn(constructors, name);

export const isFloat = (dtype: DType): dtype is FloatDType => dtype === "float32" || dtype === "float64";

/**
 * A zero-filled typed array for `length` elements of `dtype`.
 * @throws RangeError where that many do not fit, TypeError for another dtype.
 */
export function allocate<D extends DType>(dtype: D, length: number): DataOf<D> {
  if (!isDType(dtype)) {
    throw new TypeError(`dtype must be one of ${Object.keys(constructors).join(", ")}, got ${String(dtype)}`);
  }
  try {
    return new constructors[dtype](length);
  } catch {
    throw new RangeError(`a tensor of ${length} elements of ${dtype} does not fit into memory`);
  }
}

/** The dtype whose typed array `data` is, or undefined for anything else. */
export function dtypeOf(data: unknown): DType | undefined {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  if (data instanceof Int32Array) return "int32";
  if (data instanceof Uint8Array) return "uint8";
  return undefined;
}
