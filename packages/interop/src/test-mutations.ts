import fc from "fast-check";
import { FormatError } from "./format-error.js";

/** Draws that a mutation turns into a place, a length and a kind. */
export interface Draw {
  readonly kind: number;
  readonly where: number;
  readonly what: number;
}
const draw = fc.record({
  kind: fc.nat({ max: 2 ** 16 }),
  where: fc.nat({ max: 2 ** 20 }),
  what: fc.nat({ max: 2 ** 20 }),
});
/** One to three mutations, of one of `files`. */
export const mutated = (files: number) =>
  fc.tuple(fc.nat({ max: files - 1 }), fc.array(draw, { minLength: 1, maxLength: 3 }));

const pick = <T>(items: readonly T[], { what }: Draw): T => items[what % items.length];

/** Numbers and texts that break readers. */
const NUMBERS = [
  "0",
  "1",
  "2",
  "3",
  "-1",
  "-0",
  "1.0",
  "1e3",
  "01",
  "255",
  "65535",
  "4294967295",
  "4294967296",
  "9007199254740991",
  "9007199254740992",
  "18446744073709551616",
  "1e999",
  "",
  "null",
  "[]",
  "(1,)",
  "True",
];
const TEXTS = [
  "__proto__",
  "constructor",
  "toString",
  "__metadata__",
  "",
  "\\ud800",
  "\\u0000",
  "F32",
  "F16",
  "I64",
  "U8",
  "BOOL",
  "<f4",
  ">f8",
  "|b1",
  "|O",
  "<U3",
  "dtype",
  "shape",
  "data_offsets",
  "descr",
  "x.npy",
];
const SIGNS = [
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  '"',
  "'",
  "(",
  ")",
  "\\",
  " ",
  "\n",
  "\0",
  "\x80",
  "[[[[[[[[",
  "{}",
];

/** Changes a header that is text: its numbers, its strings, its signs, whole parts of it. */
export function mutateText(text: string, draw: Draw): string {
  const replaceOne = (pattern: RegExp, by: (found: string) => string): string => {
    const found = [...text.matchAll(pattern)];
    if (found.length === 0) return text;
    const { 0: old, index } = found[draw.where % found.length];
    return text.slice(0, index) + by(old) + text.slice(index + old.length);
  };
  const at = draw.where % (text.length + 1);
  const length = 1 + (draw.what % 40);
  switch (draw.kind % 8) {
    case 0:
      return replaceOne(/\d+/g, () => pick(NUMBERS, draw));
    case 1:
      return replaceOne(/\d+/g, (old) => String(Number(old) + (draw.what % 9) - 4));
    case 2:
      return replaceOne(/(["'])[^"']*\1/g, (old) => old[0] + pick(TEXTS, draw) + old[0]);
    case 3:
      return text.slice(0, at) + pick(SIGNS, draw) + text.slice(at);
    case 4:
      return text.slice(0, at) + text.slice(at + length);
    case 5:
      return text.slice(0, at) + text.slice(at, at + length).repeat(2) + text.slice(at + length);
    case 6: {
      // Two strings of the header change places: names, dtypes, keys.
      const strings = [...text.matchAll(/(["'])[^"']*\1/g)].map(([string]) => string);
      if (strings.length < 2) return text;
      const other = strings[draw.what % strings.length];
      return replaceOne(/(["'])[^"']*\1/g, () => other);
    }
    default: {
      // A whole entry once more.
      const entries = [...text.matchAll(/"[^"]*":\{[^{}]*\},?/g)].map(([entry]) => entry);
      if (entries.length === 0) return text;
      return text.replace("{", () => `{${entries[draw.where % entries.length].replace(/,?$/, ",")}`);
    }
  }
}

/** Changes bytes anywhere: a bit, a byte, a 32-bit size, a piece cut out, put in twice or taken from the other file. */
export function mutateBytes(bytes: Uint8Array, draw: Draw, other: Uint8Array): Uint8Array {
  const at = draw.where % (bytes.length + 1);
  const length = 1 + (draw.what % 64);
  const join = (...parts: Uint8Array[]) => Uint8Array.from(Buffer.concat(parts));
  switch (draw.kind % 8) {
    case 0: {
      const copy = Uint8Array.from(bytes);
      copy[at] ^= 1 << (draw.what % 8);
      return copy;
    }
    case 1: {
      const copy = Uint8Array.from(bytes);
      copy[at] = pick([0, 1, 0x7f, 0x80, 0xff], draw);
      return copy;
    }
    case 2: {
      const copy = Uint8Array.from(bytes);
      const size = pick([0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff, bytes.length], draw);
      const end = Math.min(at + 4, bytes.length);
      for (let i = at; i < end; i++) copy[i] = (size >>> (8 * (i - at))) & 255;
      return copy;
    }
    case 3:
      return bytes.slice(0, at);
    case 4:
      return join(bytes.subarray(0, at), bytes.subarray(at + length));
    case 5:
      return join(bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at));
    case 6: {
      const from = draw.what % other.length;
      return join(bytes.subarray(0, at), other.subarray(from, from + length), bytes.subarray(at + length));
    }
    default:
      return join(bytes, other.subarray(0, length));
  }
}

/** What `read` gives; of its errors only a {@link FormatError} with a byte of the file is let through, as undefined. */
export function readOrRefuse<T>(read: (file: Uint8Array) => T, file: Uint8Array): T | undefined {
  try {
    return read(file);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const { offset, message } = error;
    if (!Number.isInteger(offset) || offset < 0 || offset > file.length) {
      throw new Error(`offset ${offset} is outside the ${file.length} bytes of the file: ${message}`);
    }
    // One line, short, without what could move a cursor.
    if (!/^read\w+: [^\p{Cc}]{1,700} \(byte \d+\)$/u.test(message))
      throw new Error(`what a message: ${message}`);
    return undefined;
  }
}
