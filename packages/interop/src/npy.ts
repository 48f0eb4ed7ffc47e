import { type AnyTensor, fromData } from "@handgrad/tensor";
import { concat, requireBytes, viewOf } from "./bytes.js";
import { bytesOf, kindOf, readElements, writeElements } from "./elements.js";
import { type Fail, failing } from "./format-error.js";
import { type NpyHeader, readNpyHeader } from "./npy-header.js";
import { elementCount } from "./shape-size.js";
import { encodeUtf8 } from "./utf8.js";

/**
 * Reads a .npy file, as `numpy.save` writes it, in any byte order and in C or Fortran order: the tensor is row-major.
 *
 * f4, f8, i4 and u1 are the tensor's own dtypes; f2 becomes float32, b1 uint8, i1, i2 and u2 int32, and u4, i8 and u8
 * float64. Every value stays exact. Source: NumPy's description of the format (NEP 1), versions 1 to 3.
 *
 * @throws FormatError with the byte at which the file is wrong; for text, records and pickled Python objects, too.
 */
export function readNpy(file: Uint8Array): AnyTensor {
  const bytes = requireBytes("readNpy", file);
  const fail = failing("readNpy");
  const array = readArray(bytes, "the file", 0, fail);
  return typeof array === "string" ? fail("the file must hold numbers, got text", 0) : array;
}

/** The tensor, or the text of a text array without axes. Offsets in errors count from `base`. */
export function readArray(bytes: Uint8Array, what: string, base: number, fail: Fail): AnyTensor | string {
  const failHere: Fail = (message, offset) => fail(message, base + offset);
  const header = readNpyHeader(bytes, what, base, fail);
  const { type, shape, end } = header;
  const count = elementCount(shape, what, base, fail);
  const size = "text" in type ? 4 * type.text : bytesOf(type.kind);
  const held = bytes.length - end;
  if (count * size !== held) {
    failHere(`the data of ${what}, [${shape.join(", ")}], must have ${count * size} bytes, got ${held}`, end);
  }
  if ("text" in type) {
    if (shape.length > 0) failHere(`${what} must hold numbers or one text, got an array of texts`, end);
    return readText(bytes, header, what, failHere);
  }
  const inOrder = { kind: type.kind, little: header.little, what };
  if (!header.fortranOrder || shape.length < 2) {
    return readElements(bytes, end, count, { ...inOrder, shape }, failHere);
  }
  return rowMajor(readElements(bytes, end, count, { ...inOrder, shape: [...shape].reverse() }, failHere));
}

/** Turns round all axes: from the first axis fastest, read as the last of the reversed shape, to the last axis fastest. */
function rowMajor(reversed: AnyTensor): AnyTensor {
  const shape = [...reversed.shape].reverse();
  const data = reversed.data.slice();
  const index = shape.map(() => 0);
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
  for (let i = 0; i < data.length; i++) {
    let from = 0;
    for (let axis = 0; axis < shape.length; axis++) from += index[axis] * strides[axis];
    data[i] = reversed.data[from];
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) index[axis] = 0;
  }
  return fromData(data as Float32Array, shape);
}

/** UCS-4, filled up with zeros. */
function readText(bytes: Uint8Array, { end, little }: NpyHeader, what: string, fail: Fail): string {
  const view = viewOf(bytes);
  let last = bytes.length;
  while (last > end && view.getUint32(last - 4, little) === 0) last -= 4;
  const parts: string[] = [];
  for (let start = end; start < last; start += BLOCK) {
    const codes: number[] = [];
    for (let at = start; at < Math.min(start + BLOCK, last); at += 4) {
      const code = view.getUint32(at, little);
      if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) fail(`${what} holds no character`, at);
      codes.push(code);
    }
    parts.push(String.fromCodePoint(...codes));
  }
  return parts.join("");
}

/** Bytes of text at once: no function takes a whole file as its arguments. */
const BLOCK = 16_384;

/** Writes a .npy file, version 1, little-endian, in C order, data aligned to 64 bytes: the bytes of `numpy.save`. */
export const writeNpy = (tensor: AnyTensor): Uint8Array => {
  const kind = kindOf(tensor.dtype);
  return npyFile(kind === "u1" ? "|u1" : `<${kind}`, tensor.shape, writeElements(tensor));
};

/** A text array without axes. */
export function writeText(text: string): Uint8Array {
  const codes = Uint8Array.from(
    [...text].flatMap((sign) => {
      const code = sign.codePointAt(0) ?? 0;
      return [code & 0xff, (code >> 8) & 0xff, code >> 16, 0];
    }),
  );
  return npyFile(`<U${codes.length / 4}`, [], codes);
}

function npyFile(descr: string, shape: readonly number[], data: Uint8Array): Uint8Array {
  const tuple = `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const length = 64 * Math.ceil((10 + dictionary.length + 1) / 64) - 10;
  const text = encodeUtf8(`${dictionary.padEnd(length - 1)}\n`);
  return concat([
    Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, length & 0xff, length >> 8),
    text,
    data,
  ]);
}
