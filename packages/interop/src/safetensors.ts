import type { AnyTensor } from "@handgrad/tensor";
import { concat, quote, requireBytes, viewOf } from "./bytes.js";
import { bytesOf, type ElementKind, readElements, writeElements } from "./elements.js";
import { type Fail, failing } from "./format-error.js";
import { JsonReader } from "./json-reader.js";
import { elementCount, MOST_AXES } from "./shape-size.js";
import type { TensorFile } from "./tensor-file.js";
import { encodeUtf8, isWellFormed } from "./utf8.js";

/** The reference implementation's limit, too. */
const LONGEST_HEADER = 100_000_000;
const METADATA = "__metadata__";

const kinds: ReadonlyMap<string, ElementKind> = new Map([
  ["BOOL", "b1"],
  ["I8", "i1"],
  ["I16", "i2"],
  ["I32", "i4"],
  ["I64", "i8"],
  ["U8", "u1"],
  ["U16", "u2"],
  ["U32", "u4"],
  ["U64", "u8"],
  ["F16", "f2"],
  ["BF16", "bf2"],
  ["F32", "f4"],
  ["F64", "f8"],
]);

/** One tensor as the header tells of it. */
interface Described {
  readonly name: string;
  readonly kind: ElementKind;
  readonly shape: readonly number[];
  readonly count: number;
  /** In the file. */
  readonly start: number;
  readonly end: number;
  /** Of the header's entry. */
  readonly offset: number;
}

/**
 * Reads a safetensors file: eight bytes with the length of the header, the header as JSON, the data.
 *
 * F32, F64, I32 and U8 are the tensor's own dtypes; F16 and BF16 become float32, BOOL uint8, I8, I16 and U16 int32, and
 * U32, I64 and U64 float64. Every value stays exact. Names are those of the file, `__proto__` included.
 *
 * Source: the format's description and Rust implementation at huggingface/safetensors. What that refuses is refused
 * here: overlaps, holes, a header of more than 100 MB. So are unknown fields of a tensor, duplicate keys and numbers that are
 * not written in digits alone.
 *
 * @throws FormatError with the byte at which the file is wrong.
 */
export function readSafetensors(file: Uint8Array): TensorFile {
  const bytes = requireBytes("readSafetensors", file);
  const fail = failing("readSafetensors");
  const { described, metadata } = readHeader(bytes, fail);
  const tensors: Record<string, AnyTensor> = Object.create(null);
  for (const { name, kind, shape, count, start } of described) {
    tensors[name] = readElements(bytes, start, count, { kind, shape, little: true, what: quote(name) }, fail);
  }
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array, fail: Fail) {
  if (bytes.length < 8) fail(`the file must begin with the header's length, 8 bytes, got ${bytes.length}`, 0);
  const view = viewOf(bytes);
  const length = view.getUint32(0, true) + 2 ** 32 * view.getUint32(4, true);
  if (length > LONGEST_HEADER) fail(`the header may have ${LONGEST_HEADER} bytes, got ${length}`, 0);
  if (length > bytes.length - 8) {
    fail(
      `the header must end within the file, whose ${bytes.length - 8} further bytes are fewer than ${length}`,
      0,
    );
  }
  const dataStart = 8 + length;
  if (bytes[8] !== 0x7b || length < 2) fail('the header must begin with "{"', 8);

  const described: Described[] = [];
  const metadata: Record<string, string> = Object.create(null);
  const json = new JsonReader(bytes, 8, dataStart, fail);
  json.object("the header", (name, offset) => {
    if (name !== METADATA) {
      described.push(readDescription(json, name, offset, dataStart, bytes.length, fail));
      return;
    }
    json.object(METADATA, (key) => {
      metadata[key] = json.string(`${METADATA}.${quote(key)}`);
    });
  });
  json.finish("the header");
  requireNoGaps(described, dataStart, bytes.length, fail);
  return { described, metadata };
}

function readDescription(
  json: JsonReader,
  name: string,
  offset: number,
  dataStart: number,
  fileEnd: number,
  fail: Fail,
): Described {
  const what = quote(name);
  let kind: ElementKind | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  const integers = (field: string, most: number): number[] => {
    const found: number[] = [];
    json.array(`${field} of ${what}`, (index) => {
      if (index === most) fail(`${field} of ${what} must have at most ${most} numbers`, json.offset);
      found.push(json.integer(`${field}[${index}] of ${what}`));
    });
    return found;
  };
  json.object(`the entry ${what}`, (field, at) => {
    if (field === "dtype") {
      const { offset: dtypeAt } = json;
      const dtype = json.string(`dtype of ${what}`);
      kind = kinds.get(dtype);
      if (kind === undefined) {
        fail(`dtype of ${what} must be one of ${[...kinds.keys()].join(", ")}, got ${quote(dtype)}`, dtypeAt);
      }
    } else if (field === "shape") shape = integers("shape", MOST_AXES);
    else if (field === "data_offsets") offsets = integers("data_offsets", 2);
    else fail(`the entry ${what} must have dtype, shape and data_offsets alone, got ${quote(field)}`, at);
  });
  if (kind === undefined) return fail(`the entry ${what} has no dtype`, offset);
  if (shape === undefined) return fail(`the entry ${what} has no shape`, offset);
  if (offsets?.length !== 2) return fail(`the entry ${what} must have two data_offsets`, offset);
  const [begin, end] = offsets;
  const count = elementCount(shape, what, offset, fail);
  if (end < begin || end > fileEnd - dataStart) {
    fail(
      `data_offsets of ${what} must lie in the ${fileEnd - dataStart} bytes of data, got [${offsets.join(", ")}]`,
      offset,
    );
  }
  if (end - begin !== count * bytesOf(kind)) {
    fail(
      `the data of ${what}, [${shape.join(", ")}], must have ${count * bytesOf(kind)} bytes, got ${end - begin}`,
      offset,
    );
  }
  return { name, kind, shape, count, start: dataStart + begin, end: dataStart + end, offset };
}

/** Every byte of the data belongs to one tensor. */
function requireNoGaps(
  described: readonly Described[],
  dataStart: number,
  fileEnd: number,
  fail: Fail,
): void {
  const inOrder = [...described].sort((a, b) => a.start - b.start || a.end - b.end);
  let reached = dataStart;
  for (const { name, start, end, offset } of inOrder) {
    if (start < reached) fail(`the data of ${quote(name)} overlaps another tensor's`, offset);
    if (start > reached)
      fail(
        `there are ${start - reached} bytes before the data of ${quote(name)} that belong to no tensor`,
        reached,
      );
    reached = end;
  }
  if (reached < fileEnd) fail(`the last ${fileEnd - reached} bytes belong to no tensor`, reached);
}

const dtypeNames = { float32: "F32", float64: "F64", int32: "I32", uint8: "U8" } as const;
/** The reference implementation puts wide elements first, so that each tensor is aligned, and then goes by name. */
const rank = { float64: 0, float32: 1, int32: 2, uint8: 3 } as const;

/**
 * Writes tensors, and texts about them, as a safetensors file. The bytes are those that the reference implementation
 * writes: data aligned to 8 bytes, float64 before float32 before int32 before uint8, then by name.
 *
 * @throws RangeError for a tensor called `__metadata__`, or a text that has half of a surrogate pair.
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, AnyTensor>>,
  { metadata = {} }: { readonly metadata?: Readonly<Record<string, string>> } = {},
): Uint8Array {
  const entries = Object.entries(tensors).map(([name, tensor]) => {
    requireName(name);
    return { name, key: encodeUtf8(name), tensor };
  });
  entries.sort((a, b) => rank[a.tensor.dtype] - rank[b.tensor.dtype] || compareBytes(a.key, b.key));
  const parts: Uint8Array[] = [];
  let end = 0;
  const members = entries.map(({ name, tensor }) => {
    const begin = end;
    const data = writeElements(tensor);
    parts.push(data);
    end += data.length;
    const description = { dtype: dtypeNames[tensor.dtype], shape: tensor.shape, data_offsets: [begin, end] };
    return `${JSON.stringify(name)}:${JSON.stringify(description)}`;
  });
  const texts = Object.entries(metadata).map((pair) => {
    pair.forEach(requireWellFormed);
    return pair.map((text) => JSON.stringify(text)).join(":");
  });
  if (texts.length > 0) members.unshift(`"${METADATA}":{${texts.join(",")}}`);
  const json = encodeUtf8(`{${members.join(",")}}`);
  const header = new Uint8Array(8 + 8 * Math.ceil(json.length / 8)).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true);
  header.set(json, 8);
  return concat([header, ...parts]);
}

function requireName(name: string): void {
  if (name === METADATA) throw new RangeError(`writeSafetensors: no tensor may be called ${METADATA}`);
  requireWellFormed(name);
}

function requireWellFormed(text: string): void {
  if (!isWellFormed(text))
    throw new RangeError(`writeSafetensors: ${quote(text)} has half of a surrogate pair`);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const differs = a.findIndex((byte, i) => byte !== b[i]);
  return differs < 0 ? a.length - b.length : a[differs] - (b[differs] ?? -1);
}
