import { type AnyTensor, allocate, type DType, fromData } from "@handgrad/tensor";

interface ElementType {
  readonly dtype: DType;
  readonly bytes: number;
  read(view: DataView, at: number): number;
}

/** By the type byte of the magic number. */
const TYPES: Readonly<Record<number, ElementType>> = {
  8: { dtype: "uint8", bytes: 1, read: (view, at) => view.getUint8(at) },
  9: { dtype: "int32", bytes: 1, read: (view, at) => view.getInt8(at) },
  11: { dtype: "int32", bytes: 2, read: (view, at) => view.getInt16(at) },
  12: { dtype: "int32", bytes: 4, read: (view, at) => view.getInt32(at) },
  13: { dtype: "float32", bytes: 4, read: (view, at) => view.getFloat32(at) },
  14: { dtype: "float64", bytes: 8, read: (view, at) => view.getFloat64(at) },
};

/**
 * Parses an IDX file, the format of MNIST and Fashion-MNIST: a magic number of two zeros, a type and the number of axes
 * A, then A sizes, then the elements in row-major order, everything big-endian.
 * Unsigned bytes become a uint8 tensor (a view of `bytes`, not a copy), signed bytes, shorts and ints int32, floats
 * float32, doubles float64.
 * @param name of the file, for messages.
 * @throws RangeError for bytes that are no IDX file, or more or fewer than its header says; nothing is allocated before.
 */
export function parseIdx(bytes: Uint8Array, name = "parseIdx: the file"): AnyTensor {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    throw new RangeError(`${name} must be an IDX file, got a gzip file: unpack it by gunzip first`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4) {
    throw new RangeError(
      `${name} must be an IDX file, got ${bytes.length} bytes, too few for its magic number`,
    );
  }
  const magic = view.getUint32(0);
  const hex = `0x${magic.toString(16).padStart(8, "0")}`;
  const type = TYPES[bytes[2]];
  const axes = bytes[3];
  if (magic >>> 16 !== 0 || type === undefined || axes === 0) {
    throw new RangeError(
      `${name} must be an IDX file, which begins with 00 00, a type from 08 to 0e and its number of axes, got ${hex}`,
    );
  }
  const start = 4 + 4 * axes;
  if (bytes.length < start) {
    throw new RangeError(
      `${name} is cut off: its header of ${axes} axes takes ${start} bytes, got ${bytes.length}`,
    );
  }
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  // Sizes that are nonsense may multiply to infinity: no file is as long.
  const size = shape.includes(0) ? 0 : shape.reduce((product, axis) => product * axis, 1);
  const found = bytes.length - start;
  if (found !== size * type.bytes) {
    throw new RangeError(
      `${name} is ${found < size * type.bytes ? "cut off" : "too long"}: its header promises [${shape.join(", ")}], ` +
        `${size * type.bytes} bytes after the header, got ${found}`,
    );
  }
  if (type.dtype === "uint8") {
    return fromData(new Uint8Array(bytes.buffer, bytes.byteOffset + start, size), shape);
  }
  const data = allocate(type.dtype, size);
  for (let i = 0; i < size; i++) data[i] = type.read(view, start + i * type.bytes);
  return fromData(data as Float32Array, shape);
}
