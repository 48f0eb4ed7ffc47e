import { quote, viewOf } from "./bytes.js";
import type { ElementKind } from "./elements.js";
import type { Fail } from "./format-error.js";
import { MOST_AXES } from "./shape-size.js";

/** As NumPy limits it. */
const LONGEST_HEADER = 10_000;
const MAGIC = "\x93NUMPY";

export interface NpyHeader {
  /** `text` is `U` and the number of characters of each element. */
  readonly type: { readonly kind: ElementKind } | { readonly text: number };
  readonly little: boolean;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the data begins. */
  readonly end: number;
}

/** A .npy file's magic string, version, and the Python dictionary that describes the array. Offsets count from `base`. */
export function readNpyHeader(bytes: Uint8Array, what: string, base: number, fail: Fail): NpyHeader {
  const magic = String.fromCharCode(...bytes.subarray(0, 6));
  if (magic !== MAGIC) fail(`${what} must begin with \\x93NUMPY, got ${quote(magic)}`, base);
  const major = bytes[6];
  if (major !== 1 && major !== 2 && major !== 3) {
    fail(`${what} must have version 1, 2 or 3 of the format, got ${major ?? "the end"}`, base + 6);
  }
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start) fail(`${what} ends within its header`, base + bytes.length);
  const view = viewOf(bytes);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > LONGEST_HEADER)
    fail(`the header of ${what} may have ${LONGEST_HEADER} bytes, got ${length}`, base + 8);
  const end = start + length;
  if (end > bytes.length)
    fail(`the header of ${what} has ${length} bytes, but ${bytes.length - start} are left`, base + 8);
  const text = String.fromCharCode(...bytes.subarray(start, end));
  return { ...parseDictionary(text, what, base + start, fail), end };
}

const SPACE = /[ \t\r\n]*/y;
const TOKEN = /([{}(),:]|'[^'\\]*'|"[^"\\]*"|True|False|\d+|$)/y;

/** `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`, with the three keys in any order, each once. */
function parseDictionary(text: string, what: string, base: number, fail: Fail): Omit<NpyHeader, "end"> {
  let at = 0;
  const offset = (): number => {
    SPACE.lastIndex = at;
    SPACE.test(text);
    at = SPACE.lastIndex;
    return base + at;
  };
  const token = (): string | undefined => {
    TOKEN.lastIndex = offset() - base;
    return TOKEN.exec(text)?.[1];
  };
  const next = (expected: string, fits: (token: string) => boolean): string => {
    const found = token();
    if (found === undefined || !fits(found)) {
      const got = found === "" ? "the end" : quote(found ?? text.slice(at, at + 20));
      return fail(`the header of ${what} must have ${expected}, got ${got}`, base + at);
    }
    at += found.length;
    return found;
  };
  const sign = (expected: string) => next(`"${expected}"`, (token) => token === expected);
  const take = (wanted: string): boolean => {
    if (token() !== wanted) return false;
    at += wanted.length;
    return true;
  };
  const string = (expected: string) => next(expected, (token) => /^['"]/.test(token)).slice(1, -1);

  let type: Pick<NpyHeader, "type" | "little"> | undefined;
  let fortranOrder: boolean | undefined;
  let shape: number[] | undefined;
  const seen = new Set<string>();
  sign("{");
  while (!take("}")) {
    const keyAt = offset();
    const key = string("a key");
    if (seen.has(key)) fail(`the header of ${what} has ${quote(key)} twice`, keyAt);
    seen.add(key);
    sign(":");
    const valueAt = offset();
    if (key === "descr")
      type = parseType(
        string("descr as a string, since records of fields are not read"),
        what,
        valueAt,
        fail,
      );
    else if (key === "fortran_order")
      fortranOrder = next("True or False", (token) => /^[TF]/.test(token)) === "True";
    else if (key === "shape") {
      shape = [];
      sign("(");
      while (!take(")")) {
        const size = Number(next("an integer in the shape", (token) => /^(0|[1-9]\d*)$/.test(token)));
        if (shape.push(size) > MOST_AXES) fail(`${what} may have ${MOST_AXES} axes`, valueAt);
        // (3) is a number in brackets, only (3,) has one axis.
        if (!take(",")) {
          if (shape.length === 1) sign(",");
          sign(")");
          break;
        }
      }
    } else
      fail(`the header of ${what} must have descr, fortran_order and shape alone, got ${quote(key)}`, keyAt);
    if (!take(",")) {
      sign("}");
      break;
    }
  }
  next("nothing after its dictionary", (token) => token === "");
  if (type === undefined) return fail(`the header of ${what} has no descr`, base);
  if (fortranOrder === undefined) return fail(`the header of ${what} has no fortran_order`, base);
  if (shape === undefined) return fail(`the header of ${what} has no shape`, base);
  return { ...type, fortranOrder, shape };
}

const NUMBERS = new Set(["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]);

/** `<f4`: byte order, kind, bytes. */
function parseType(
  descr: string,
  what: string,
  offset: number,
  fail: Fail,
): Pick<NpyHeader, "type" | "little"> {
  const [, order, kind] = /^([<>|])([a-zA-Z]\d+)$/.exec(descr) ?? [];
  const single = kind?.endsWith("1") && kind.length === 2;
  if (NUMBERS.has(kind) && (order !== "|" || single)) {
    return { type: { kind: kind as ElementKind }, little: order !== ">" };
  }
  const characters = /^U(\d{1,9})$/.exec(kind ?? "")?.[1];
  if (characters !== undefined && order !== "|")
    return { type: { text: Number(characters) }, little: order === "<" };
  if (/^.?O/.test(descr))
    return fail(`${what} holds Python objects, which are programs: they are not read`, offset);
  return fail(
    `descr of ${what} must be a byte order, "<", ">" or "|", and one of ${[...NUMBERS].join(", ")}, got ${quote(descr)}`,
    offset,
  );
}
