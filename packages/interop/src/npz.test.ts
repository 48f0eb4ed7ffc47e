import { deflateRawSync, crc32 as zlibCrc32 } from "node:zlib";
import { tensor } from "@handgrad/tensor";
import { describe, expect, it } from "vitest";
import { FormatError } from "./format-error.js";
import { readNpz, writeNpz } from "./npz.js";
import { type HeldFile, held, offsetOf, realFile, replaced } from "./test-files.js";

const END = "PK\x05\x06";
const CENTRAL = "PK\x01\x02";

/** A copy with other bytes at an offset from the end record or the first entry of the directory. */
function patched(file: Uint8Array, signature: string, field: number, bytes: readonly number[]): Uint8Array {
  const copy = Uint8Array.from(file);
  copy.set(bytes, offsetOf(file, signature) + field);
  return copy;
}

describe("readNpz", () => {
  it.each(["stored.npz", "deflated.npz"])("reads %s, exactly", (name) => {
    const { tensors, metadata } = readNpz(realFile(name));
    const expected = held<HeldFile>(name);
    expect(Object.keys(tensors)).toEqual(Object.keys(expected.tensors));
    for (const [key, { shape, values }] of Object.entries(expected.tensors)) {
      expect(tensors[key].shape).toEqual(shape);
      expect([...tensors[key].data]).toEqual(values);
    }
    expect({ ...metadata }).toEqual(expected.metadata);
  });

  it("takes __proto__ and constructor as names", () => {
    const named = Object.fromEntries([
      ["__proto__", tensor([1])],
      ["constructor", tensor([2])],
    ]);
    const { tensors } = readNpz(writeNpz(named));
    expect(Object.keys(tensors)).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(tensors)).toBe(null);
  });

  it("takes an archive without files, one with a comment, and one that was written to a pipe", () => {
    const empty = writeNpz({});
    expect(Object.keys(readNpz(empty).tensors)).toEqual([]);
    const commented = Uint8Array.from([...empty, ...Buffer.from(END)]);
    commented[20] = 4;
    expect(Object.keys(readNpz(commented).tensors)).toEqual([]);
    expect(readNpz(piped(writeNpz({ a: tensor([1, 2]) }))).tensors.a).toEqual(tensor([1, 2]));
  });

  const file = realFile("stored.npz");
  const packed = realFile("deflated.npz");
  const directory = offsetOf(file, CENTRAL);
  const end = offsetOf(file, END);
  const refusals: readonly [string, Uint8Array, string, number][] = [
    ["nothing", new Uint8Array(), "the file must be a zip archive, whose end is missing", 0],
    ["a cut archive", file.subarray(0, -1), "whose end is missing", file.length - 1],
    ["several disks", patched(file, END, 4, [1]), "the archive must be in one piece", end + 4],
    [
      "a directory elsewhere",
      patched(file, END, 16, [0]),
      "the directory must end where its own end is told",
      end + 12,
    ],
    [
      "fewer entries than told",
      patched(file, END, 8, [9, 0, 9, 0]),
      "entry 5 of the directory must begin with PK\\x01\\x02",
      end,
    ],
    [
      "more entries than told",
      patched(file, END, 8, [4, 0, 4, 0]),
      "the directory's last 56 bytes belong to no entry",
      6056,
    ],
    ["a duplicate name", twice(file), 'the archive has "x.npy" twice', -1],
    ["an encrypted file", patched(file, CENTRAL, 8, [1]), "is encrypted", directory + 8],
    [
      "another method",
      patched(file, CENTRAL, 10, [12]),
      "must be stored (0) or deflated (8), got method 12",
      directory + 10,
    ],
    ["4 GB", patched(file, CENTRAL, 24, [255, 255, 255, 255]), "is too large, 4 GB or more", directory],
    [
      "a stored file of two sizes",
      patched(file, CENTRAL, 20, [1]),
      "so its two sizes must agree",
      directory + 20,
    ],
    ["an entry that overlaps", patched(file, CENTRAL, 42, [1]), "must begin at byte 0", -1],
    ["another check sum", patched(file, CENTRAL, 16, [1, 2, 3, 4]), "check sum or size", 14],
    ["a damaged array", replaced(file, "NUMPY", "NUMPX"), "the check sum of", directory + 16],
    ["another name in the directory", patched(file, CENTRAL, 46, [0x79]), "differs from the directory's", 30],
    ["a name that is no UTF-8", patched(file, CENTRAL, 46, [0xff]), "a name must be UTF-8", directory + 46],
    [
      "a file that is no array",
      renamed(file, "x.npy", "x.txt"),
      '"x.txt" must be a file that ends with .npy',
      -1,
    ],
    ["damaged compression", patched(packed, "PK\x03\x04", 60, [255, 255, 255, 255]), "is damaged: ", -1],
  ];
  it.each(refusals)("refuses %s", (_, bytes, message, offset) => {
    expect(() => readNpz(bytes)).toThrow(FormatError);
    expect(() => readNpz(bytes)).toThrow(message);
    if (offset >= 0) expect(() => readNpz(bytes)).toThrow(expect.objectContaining({ offset }));
  });

  it("refuses a bomb before it unpacks, and one that lies about its size soon after its size", () => {
    const zeros = Buffer.alloc(30_000_000);
    const honest = archive(deflateRawSync(zeros), zeros.length, zlibCrc32?.(zeros) ?? 0);
    expect(() => readNpz(honest)).toThrow(
      /would unpack to 30000000 bytes, more than 64 times the archive's \d+/,
    );
    const lying = archive(deflateRawSync(zeros), 1000, 0);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => readNpz(lying)).toThrow('"x.npy" is damaged: it unpacks to more than 1000 bytes');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(12_000_000);
  });

  it("unpacks more where it is told to", () => {
    const npy = writeNpz({ x: tensor([...Array(50_000).keys()].map(() => 0)) });
    const data = npy.subarray(35, offsetOf(npy, CENTRAL));
    const file = archive(deflateRawSync(data), data.length, crcOf(npy));
    expect(() => readNpz(file)).toThrow("more than 64 times");
    expect(readNpz(file, { maxExpansion: 1100 }).tensors.x.shape).toEqual([50_000]);
  });
});

describe("writeNpz", () => {
  it("is read back, texts included", () => {
    const tensors = { a: tensor([[1, 2]]), "b/ü": tensor([3], "uint8"), c: tensor(4, "float64") };
    const metadata = { mode: "train", none: "", wide: "数😀\n" };
    const read = readNpz(writeNpz(tensors, { metadata }));
    expect({ ...read.tensors }).toEqual(tensors);
    expect({ ...read.metadata }).toEqual(metadata);
  });

  it("refuses what cannot be written", () => {
    expect(() => writeNpz({ a: tensor([1]) }, { metadata: { a: "x" } })).toThrow(
      new RangeError('writeNpz: "a" must be the name of a tensor or of a text, got both'),
    );
    expect(() => writeNpz({ "\ud800": tensor([1]) })).toThrow(
      new RangeError('writeNpz: "\\ud800" has half of a surrogate pair'),
    );
    expect(() => writeNpz({}, { metadata: { a: "\ud800" } })).toThrow("half of a surrogate pair");
  });
});

const u16 = (value: number) => [value & 255, value >> 8];
const u32 = (value: number) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 255);

/** One deflated file x.npy. */
function archive(packed: Uint8Array, size: number, crc: number): Uint8Array {
  const name = [...Buffer.from("x.npy")];
  const common = [
    ...u16(20),
    ...u16(0),
    ...u16(8),
    ...u16(0),
    ...u16(33),
    ...u32(crc),
    ...u32(packed.length),
    ...u32(size),
  ];
  const local = [...Buffer.from("PK\x03\x04"), ...common, ...u16(5), ...u16(0), ...name];
  const central = [
    ...Buffer.from(CENTRAL),
    ...u16(20),
    ...common,
    ...u16(5),
    ...Array(12).fill(0),
    ...u32(0),
    ...name,
  ];
  const end = [
    ...Buffer.from(END),
    0,
    0,
    0,
    0,
    1,
    0,
    1,
    0,
    ...u32(central.length),
    ...u32(local.length + packed.length),
    0,
    0,
  ];
  return Buffer.concat([Buffer.from(local), packed, Buffer.from([...central, ...end])]);
}

const crcOf = (file: Uint8Array): number =>
  new DataView(file.buffer, file.byteOffset).getUint32(offsetOf(file, CENTRAL) + 16, true);

/** Both names of an entry, in the directory and before its data. */
function renamed(file: Uint8Array, from: string, to: string): Uint8Array {
  return Uint8Array.from(Buffer.from(Buffer.from(file).toString("latin1").replaceAll(from, to), "latin1"));
}

/** Calls the second file as the first. */
const twice = (file: Uint8Array): Uint8Array => {
  const written = writeNpz({ x: tensor([1]), y: tensor([2]) });
  expect(file.length).toBeGreaterThan(0);
  return renamed(written, "y.npy", "x.npy");
};

/** As a writer makes it that learns the size after the data: zeros before, check sum and sizes behind. */
function piped(file: Uint8Array): Uint8Array {
  const bytes = Buffer.from(file);
  const at = bytes.indexOf(CENTRAL);
  const sums = Buffer.from(bytes.subarray(14, 26));
  const head = Buffer.from(bytes.subarray(0, at));
  head.fill(0, 14, 26);
  head[6] |= 8;
  const tail = Buffer.from(bytes.subarray(at));
  tail[8] |= 8;
  tail.writeUInt32LE(at + 16, tail.indexOf(END) + 16);
  return Buffer.concat([head, Buffer.from("PK\x07\x08"), sums, tail]);
}
