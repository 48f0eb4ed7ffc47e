import type { AnyTensor } from "@handgrad/tensor";
import { quote, requireBytes } from "./bytes.js";
import { type Fail, failing } from "./format-error.js";
import { readArray, writeNpy, writeText } from "./npy.js";
import type { TensorFile } from "./tensor-file.js";
import { isWellFormed } from "./utf8.js";
import { readZip, writeZip, type ZipFile } from "./zip.js";

export interface NpzOptions {
  /**
   * How many times the size of the file its arrays may have together; default 64. More is taken for a zip bomb.
   * Deflate itself ends at 1032, which arrays of zeros come near.
   */
  readonly maxExpansion?: number;
}

const NPY = ".npy";

/**
 * Reads an .npz file, as `numpy.savez` and `numpy.savez_compressed` write it: a zip archive of .npy files. Arrays as
 * {@link readNpy} reads them are in `tensors`; texts, such as of `savez(…, mode="train")`, are in `metadata`.
 *
 * @throws FormatError with the byte at which the file is wrong. Of an array that was compressed, it is the byte at
 * which its compressed data begins.
 */
export function readNpz(file: Uint8Array, { maxExpansion = 64 }: NpzOptions = {}): TensorFile {
  const bytes = requireBytes("readNpz", file);
  const fail = failing("readNpz");
  const tensors: Record<string, AnyTensor> = Object.create(null);
  const metadata: Record<string, string> = Object.create(null);
  for (const entry of readZip(bytes, maxExpansion, fail)) {
    if (!entry.name.endsWith(NPY))
      fail(`${quote(entry.name)} must be a file that ends with ${NPY}`, entry.start);
    const name = entry.name.slice(0, -NPY.length);
    const array = readEntry(entry, quote(name), fail);
    if (typeof array === "string") metadata[name] = array;
    else tensors[name] = array;
  }
  return { tensors, metadata };
}

function readEntry({ start, packed, unpack }: ZipFile, what: string, fail: Fail): AnyTensor | string {
  const bytes = unpack();
  if (!packed) return readArray(bytes, what, start, fail);
  // Bytes of the unpacked array are no bytes of the file.
  return readArray(bytes, what, 0, (message, offset) =>
    fail(`${message}, at byte ${offset} of the unpacked array`, start),
  );
}

/**
 * Writes tensors as an .npz file that `numpy.load` reads, without compression; `metadata` becomes text arrays without
 * axes. The same input gives the same bytes.
 *
 * @throws RangeError for a name that is both a tensor's and a text's, or a text with half of a surrogate pair.
 */
export function writeNpz(
  tensors: Readonly<Record<string, AnyTensor>>,
  { metadata = {} }: { readonly metadata?: Readonly<Record<string, string>> } = {},
): Uint8Array {
  const files = Object.entries(tensors).map(([name, tensor]) => ({ name, bytes: writeNpy(tensor) }));
  for (const [name, text] of Object.entries(metadata)) {
    if (Object.hasOwn(tensors, name)) {
      throw new RangeError(`writeNpz: ${quote(name)} must be the name of a tensor or of a text, got both`);
    }
    requireWellFormed(text);
    files.push({ name, bytes: writeText(text) });
  }
  for (const { name } of files) requireWellFormed(name);
  return writeZip(files.map(({ name, bytes }) => ({ name: name + NPY, bytes })));
}

function requireWellFormed(text: string): void {
  if (!isWellFormed(text)) throw new RangeError(`writeNpz: ${quote(text)} has half of a surrogate pair`);
}
