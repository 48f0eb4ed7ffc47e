import { concat, quote, viewOf } from "./bytes.js";
import { crc32 } from "./crc32.js";
import type { Fail } from "./format-error.js";
import { inflate } from "./inflate.js";
import { decodeUtf8, encodeUtf8 } from "./utf8.js";

const [LOCAL, DESCRIPTOR, CENTRAL, END] = [0x04034b50, 0x08074b50, 0x02014b50, 0x06054b50];
const [LOCAL_SIZE, CENTRAL_SIZE, END_SIZE] = [30, 46, 22];
const [STORED, DEFLATED] = [0, 8];
const [ENCRYPTED, DESCRIPTOR_FOLLOWS, UTF8] = [1, 8, 0x800];
/** Sizes stand in the extra field instead, or are above 4 GB. */
const IN_EXTRA = 0xffffffff;

interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  /** Of the local header. */
  readonly local: number;
  /** In the central directory. */
  readonly offset: number;
}

/** One file of an archive, unpacked on demand. */
export interface ZipFile {
  readonly name: string;
  /** Where its data begins in the archive, packed or not. */
  readonly start: number;
  readonly packed: boolean;
  readonly unpack: () => Uint8Array;
}

/**
 * The files of a zip archive, stored or deflated, as far as `.npz` needs them: no encryption, one disk, below 4 GB.
 * Before anything is unpacked, all is checked: the files must fill the archive without overlap or gap, names must be
 * UTF-8 and different, and together they may unpack to at most `maxExpansion` times the archive.
 *
 * Source: PKWARE's APPNOTE 6.3.
 */
export function readZip(bytes: Uint8Array, maxExpansion: number, fail: Fail): ZipFile[] {
  const { entries, directory } = readDirectory(bytes, fail);
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  if (total > maxExpansion * bytes.length) {
    fail(
      `the files would unpack to ${total} bytes, more than ${maxExpansion} times the archive's ${bytes.length}`,
      directory,
    );
  }
  const inOrder = [...entries].sort((a, b) => a.local - b.local);
  let reached = 0;
  const starts = new Map<Entry, number>();
  for (const entry of inOrder) {
    if (entry.local !== reached) {
      fail(
        `${quote(entry.name)} must begin at byte ${reached}, where the file before it ends, got ${entry.local}`,
        entry.offset,
      );
    }
    const start = checkLocal(bytes, entry, directory, fail);
    starts.set(entry, start);
    reached =
      start + entry.packedSize + descriptorSize(bytes, entry, start + entry.packedSize, directory, fail);
  }
  if (reached !== directory)
    fail(`${directory - reached} bytes before the directory belong to no file`, reached);
  return entries.map((entry) => {
    const start = starts.get(entry) ?? 0;
    return {
      name: entry.name,
      start,
      packed: entry.method === DEFLATED,
      unpack: () => unpack(bytes, entry, start, fail),
    };
  });
}

function readDirectory(bytes: Uint8Array, fail: Fail): { entries: Entry[]; directory: number } {
  const view = viewOf(bytes);
  const end = findEnd(bytes, view, fail);
  const [disk, directoryDisk] = [view.getUint16(end + 4, true), view.getUint16(end + 6, true)];
  const [count, all] = [view.getUint16(end + 8, true), view.getUint16(end + 10, true)];
  const [size, directory] = [view.getUint32(end + 12, true), view.getUint32(end + 16, true)];
  if (disk !== 0 || directoryDisk !== 0 || count !== all) fail("the archive must be in one piece", end + 4);
  if (directory + size !== end) {
    fail(
      `the directory must end where its own end is told, at byte ${end}, got ${directory + size}`,
      end + 12,
    );
  }
  const entries: Entry[] = [];
  const names = new Set<string>();
  let at = directory;
  for (let i = 0; i < count; i++) {
    if (at + CENTRAL_SIZE > end || view.getUint32(at, true) !== CENTRAL) {
      fail(`entry ${i} of the directory must begin with PK\\x01\\x02`, at);
    }
    const [nameSize, extraSize, commentSize] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const next = at + CENTRAL_SIZE + nameSize + extraSize + commentSize;
    if (next > end) fail(`entry ${i} of the directory ends behind it`, at);
    const flags = view.getUint16(at + 8, true);
    const name = readName(bytes, at + CENTRAL_SIZE, nameSize, flags, fail);
    if (names.has(name)) fail(`the archive has ${quote(name)} twice`, at);
    names.add(name);
    const method = view.getUint16(at + 10, true);
    const [crc, packedSize, unpackedSize] = [16, 20, 24].map((field) => view.getUint32(at + field, true));
    const local = view.getUint32(at + 42, true);
    if ([packedSize, unpackedSize, local].includes(IN_EXTRA))
      fail(`${quote(name)} is too large, 4 GB or more`, at);
    if (flags & ENCRYPTED) fail(`${quote(name)} is encrypted`, at + 8);
    if (method !== STORED && method !== DEFLATED) {
      fail(`${quote(name)} must be stored (0) or deflated (8), got method ${method}`, at + 10);
    }
    if (method === STORED && packedSize !== unpackedSize) {
      fail(
        `${quote(name)} is stored, so its two sizes must agree, got ${packedSize} and ${unpackedSize}`,
        at + 20,
      );
    }
    entries.push({ name, flags, method, crc, packedSize, size: unpackedSize, local, offset: at });
    at = next;
  }
  if (at !== end) fail(`the directory's last ${end - at} bytes belong to no entry`, at);
  return { entries, directory };
}

/** The end record is the last thing in the archive but for its own comment. */
function findEnd(bytes: Uint8Array, view: DataView, fail: Fail): number {
  const first = Math.max(0, bytes.length - END_SIZE - 0xffff);
  for (let at = bytes.length - END_SIZE; at >= first; at--) {
    const fits =
      view.getUint32(at, true) === END && view.getUint16(at + 20, true) === bytes.length - at - END_SIZE;
    if (fits) return at;
  }
  return fail("the file must be a zip archive, whose end is missing", bytes.length);
}

function readName(bytes: Uint8Array, at: number, size: number, flags: number, fail: Fail): string {
  const name = decodeUtf8(bytes, at, at + size);
  if (typeof name !== "string") return fail("a name must be UTF-8", name.badByte);
  const plain = /^[\x20-\x7e]*$/.test(name);
  return plain || flags & UTF8 ? name : fail(`the name ${quote(name)} is not declared to be UTF-8`, at);
}

/** The local header repeats the directory's entry. Returns where the data begins. */
function checkLocal(bytes: Uint8Array, entry: Entry, directory: number, fail: Fail): number {
  const { local, name, flags, method } = entry;
  const view = viewOf(bytes);
  if (local + LOCAL_SIZE > directory || view.getUint32(local, true) !== LOCAL) {
    fail(`${quote(name)} must begin with PK\\x03\\x04`, local);
  }
  const [nameSize, extraSize] = [view.getUint16(local + 26, true), view.getUint16(local + 28, true)];
  const start = local + LOCAL_SIZE + nameSize + extraSize;
  if (start + entry.packedSize > directory)
    fail(`the data of ${quote(name)} must end before the directory`, local);
  if (view.getUint16(local + 6, true) !== flags || view.getUint16(local + 8, true) !== method) {
    fail(`flags and method of ${quote(name)} differ from the directory's`, local + 6);
  }
  if (readName(bytes, local + LOCAL_SIZE, nameSize, flags, fail) !== name) {
    fail(`the name of ${quote(name)} differs from the directory's`, local + LOCAL_SIZE);
  }
  const later = flags & DESCRIPTOR_FOLLOWS;
  for (const [field, wanted] of [
    [14, entry.crc],
    [18, entry.packedSize],
    [22, entry.size],
  ]) {
    const found = view.getUint32(local + field, true);
    // NumPy reserves room for sizes beyond 4 GB, and so writes them into the extra field.
    const elsewhere = (later && found === 0) || (field !== 14 && found === IN_EXTRA);
    if (found !== wanted && !elsewhere) {
      fail(`check sum or size of ${quote(name)} differs from the directory's`, local + field);
    }
  }
  return start;
}

/** What stands behind data that was written before its size was known: check sum and sizes once more. */
function descriptorSize(bytes: Uint8Array, entry: Entry, at: number, directory: number, fail: Fail): number {
  if (!(entry.flags & DESCRIPTOR_FOLLOWS)) return 0;
  const view = viewOf(bytes);
  const signed = at + 16 <= directory && view.getUint32(at, true) === DESCRIPTOR ? 4 : 0;
  // Sizes have four bytes, or eight in the 4 GB form. The next signature tells which.
  for (const size of [signed + 12, signed + 20]) {
    const next = at + size;
    if (next === directory || (next + 4 <= directory && view.getUint32(next, true) === LOCAL)) return size;
  }
  return fail(`what follows the data of ${quote(entry.name)} must be its sizes`, at);
}

function unpack(
  bytes: Uint8Array,
  { name, method, crc, packedSize, size, offset }: Entry,
  start: number,
  fail: Fail,
): Uint8Array {
  const held = bytes.subarray(start, start + packedSize);
  let data = held;
  if (method === DEFLATED) {
    try {
      data = inflate(held, size);
    } catch (error) {
      fail(`${quote(name)} is damaged: ${(error as Error).message}`, start);
    }
  }
  if (crc32(data) !== crc) fail(`the check sum of ${quote(name)} is wrong`, offset + 16);
  return data;
}

/** 1980-01-01, the first day that zip knows: the same tensors always give the same bytes. */
const DATE = 0x0021;

/** An archive of stored files. */
export function writeZip(
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, bytes } of files) {
    const key = encodeUtf8(name);
    const common = [20, UTF8, STORED, 0, DATE];
    const sizes = [crc32(bytes), bytes.length, bytes.length];
    const local = concat([u32(LOCAL), u16(...common), u32(...sizes), u16(key.length, 0), key]);
    directory.push(
      concat([u32(CENTRAL), u16(20, ...common), u32(...sizes), u16(key.length, 0, 0, 0, 0), u32(0, at), key]),
    );
    parts.push(local, bytes);
    at += local.length + bytes.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const count = files.length;
  return concat([...parts, ...directory, u32(END), u16(0, 0, count, count), u32(size, at), u16(0)]);
}

const u16 = (...values: number[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => [value & 0xff, value >>> 8]));
const u32 = (...values: number[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff)));
