import { createHash } from "node:crypto";
import { type AnyTensor, allocate, type DType, fromData } from "@handgrad/tensor";

/** First words of the file; the number is the format's. */
const MAGIC = "handgrad checkpoint 1";
/** The file's first line: the magic words, SHA-256 of all that follows the line, and how many bytes that is. */
const FIRST_LINE = /^handgrad checkpoint 1 ([0-9a-f]{64}) (\d{1,15})\n/;
const LONGEST_FIRST_LINE = MAGIC.length + 1 + 64 + 1 + 15 + 1;

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/**
 * Plain objects, arrays, strings, numbers, booleans, null and tensors as the bytes of a file: a first line of text,
 * then the length of the JSON in four bytes, the JSON, and the tensors' elements, all little-endian. In the JSON, a
 * tensor is `{"$tensor": [dtype, shape, offset]}`, and a number that JSON does not know is `{"$number": "NaN"}`.
 * @throws TypeError for any other value, which it names by its path.
 */
export function encodeCheckpoint(value: unknown): Uint8Array {
  const parts: Uint8Array[] = [];
  let offset = 0;
  const plain = (held: unknown, path: string): unknown => {
    if (held === null || typeof held === "string" || typeof held === "boolean") return held;
    if (typeof held === "number") {
      return Number.isFinite(held) && !Object.is(held, -0)
        ? held
        : { $number: Object.is(held, -0) ? "-0" : String(held) };
    }
    if (Array.isArray(held)) return held.map((item, i) => plain(item, `${path}[${i}]`));
    if (isTensor(held)) {
      const { dtype, shape, data } = held;
      const at = offset;
      parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      offset += data.byteLength;
      return { $tensor: [dtype, shape, at] };
    }
    if (typeof held === "object" && Object.getPrototypeOf(held) === Object.prototype) {
      const entries = Object.entries(held).filter(([, item]) => item !== undefined);
      const reserved = entries.find(([key]) => key.startsWith("$"));
      if (reserved) throw new TypeError(`checkpoint: the key ${path}.${reserved[0]} must not begin with $`);
      return Object.fromEntries(entries.map(([key, item]) => [key, plain(item, `${path}.${key}`)]));
    }
    throw new TypeError(
      `checkpoint: ${path} must be plain data or a tensor, got ${Object.prototype.toString.call(held)}`,
    );
  };
  const json = Buffer.from(JSON.stringify(plain(value, "value")));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  const content = Buffer.concat([length, json, ...parts]);
  return Buffer.concat([Buffer.from(`${MAGIC} ${sha256(content)} ${content.length}\n`), content]);
}

/** What {@link encodeCheckpoint} was given. @throws Error that says in a few words what is wrong with the bytes. */
export function decodeCheckpoint(bytes: Uint8Array): unknown {
  const start = Buffer.from(bytes.subarray(0, LONGEST_FIRST_LINE)).toString("latin1");
  const [line, checksum, size] = FIRST_LINE.exec(start) ?? [];
  if (line === undefined) throw new Error("its first line is not a checkpoint's");
  const content = bytes.subarray(line.length);
  if (content.length !== Number(size)) {
    throw new Error(`it has ${content.length} of ${size} bytes behind its first line`);
  }
  if (sha256(content) !== checksum) throw new Error("its checksum does not match");
  const tensors = 4 + new DataView(content.buffer, content.byteOffset).getUint32(0, true);
  return JSON.parse(Buffer.from(content.subarray(4, tensors)).toString("utf8"), (_, held) => {
    if (held?.$number !== undefined) return Number(held.$number);
    if (held?.$tensor === undefined) return held;
    const [dtype, shape, offset]: [DType, number[], number] = held.$tensor;
    const data = allocate(
      dtype,
      shape.reduce((product, size) => product * size, 1),
    );
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength).set(
      content.subarray(tensors + offset, tensors + offset + data.byteLength),
    );
    return fromData(data as Float32Array, shape);
  });
}

const isTensor = (held: unknown): held is AnyTensor =>
  typeof held === "object" && held !== null && ArrayBuffer.isView((held as Partial<AnyTensor>).data);
