import { type AnyTensor, allocate, type DType, fromData, type Shape } from "@handgrad/tensor";
import { viewOf } from "./bytes.js";
import type { Fail } from "./format-error.js";

/** How a file writes one element, by NumPy's letters for kind and bytes; `bf2` is bfloat16. */
export type ElementKind =
  | "b1"
  | "i1"
  | "i2"
  | "i4"
  | "i8"
  | "u1"
  | "u2"
  | "u4"
  | "u8"
  | "f2"
  | "bf2"
  | "f4"
  | "f8";

/** Of one element. */
export const bytesOf = (kind: ElementKind): number => Number(kind.at(-1));

/**
 * The dtype in which every value of a kind is exact. Integers beyond int32 are read as float64, and refused beyond
 * ±(2^53 − 1): so the dtype depends on the file's dtype, never on its values.
 */
const dtypes: Readonly<Record<ElementKind, DType>> = {
  b1: "uint8",
  i1: "int32",
  i2: "int32",
  i4: "int32",
  i8: "float64",
  u1: "uint8",
  u2: "int32",
  u4: "float64",
  u8: "float64",
  f2: "float32",
  bf2: "float32",
  f4: "float32",
  f8: "float64",
};

/** Reads one element; NaN stands for a value that cannot be held. */
type ReadElement = (view: DataView, at: number, little: boolean) => number;

const readElement: Readonly<Record<ElementKind, ReadElement>> = {
  b1: (view, at) => (view.getUint8(at) <= 1 ? view.getUint8(at) : Number.NaN),
  i1: (view, at) => view.getInt8(at),
  i2: (view, at, little) => view.getInt16(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  i8: (view, at, little) => safe(view.getBigInt64(at, little)),
  u1: (view, at) => view.getUint8(at),
  u2: (view, at, little) => view.getUint16(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  u8: (view, at, little) => safe(view.getBigUint64(at, little)),
  f2: (view, at, little) => float16(view.getUint16(at, little)),
  bf2: (view, at, little) => bfloat16(view.getUint16(at, little)),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
};

const safe = (value: bigint): number => (Number.isSafeInteger(Number(value)) ? Number(value) : Number.NaN);

/** (−1)^sign · 2^(exponent − 15) · (1 + fraction/1024), subnormal where the exponent is 0. */
function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? 2 ** -24 * fraction : 2 ** (exponent - 25) * (1024 + fraction));
}

const word = new DataView(new ArrayBuffer(4));

/** The upper half of a float32. */
function bfloat16(bits: number): number {
  word.setUint32(0, bits << 16);
  return word.getFloat32(0);
}

/** Typed arrays have the platform's byte order. */
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Kinds whose bytes are the tensor's own. */
const asTheyAre: ReadonlySet<ElementKind> = new Set(["u1", "i4", "f4", "f8"]);

/**
 * The tensor whose elements begin at byte `start`, wherever that is: unaligned data is read, too. The caller has
 * checked that the file holds as many bytes, so this allocates at most four times what the file holds.
 */
export function readElements(
  bytes: Uint8Array,
  start: number,
  count: number,
  { kind, shape, little, what }: { kind: ElementKind; shape: Shape; little: boolean; what: string },
  fail: Fail,
): AnyTensor {
  const size = bytesOf(kind);
  const dtype = dtypes[kind];
  const data = allocate(dtype, count);
  if (asTheyAre.has(kind) && little === LITTLE_ENDIAN) {
    new Uint8Array(data.buffer).set(bytes.subarray(start, start + size * count));
  } else {
    const view = viewOf(bytes);
    const read = readElement[kind];
    const canHoldNaN = kind.includes("f");
    for (let i = 0, at = start; i < count; i++, at += size) {
      const value = read(view, at, little);
      if (Number.isNaN(value) && !canHoldNaN) {
        fail(
          `${what} holds ${kind === "b1" ? "a boolean that is neither 0 nor 1" : "an integer beyond ±(2^53 - 1)"}`,
          at,
        );
      }
      data[i] = value;
    }
  }
  return fromData(data as Float32Array, shape as number[]);
}

const kinds: Readonly<Record<DType, ElementKind>> = {
  float32: "f4",
  float64: "f8",
  int32: "i4",
  uint8: "u1",
};

/** How a tensor of `dtype` is written. */
export const kindOf = (dtype: DType): ElementKind => kinds[dtype];

/** The elements as little-endian bytes. */
export function writeElements({ data, dtype }: AnyTensor): Uint8Array {
  const own = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const size = bytesOf(kindOf(dtype));
  if (LITTLE_ENDIAN || size === 1) return own;
  const swapped = Uint8Array.from(own);
  for (let at = 0; at < swapped.length; at += size) swapped.subarray(at, at + size).reverse();
  return swapped;
}
