/**
 * The bytes of a file as a plain Uint8Array over the same memory: a Node Buffer's `slice` does not copy.
 * @throws TypeError for anything else, such as an ArrayBuffer or a text.
 */
export function requireBytes(reader: string, bytes: Uint8Array): Uint8Array {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(`${reader}: the file must be a Uint8Array, got ${describe(bytes)}`);
  }
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== "object") return `a ${typeof value}`;
  return value.constructor?.name ?? "an object";
}

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The parts one after the other. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const UNPRINTABLE = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** For messages: with nothing in it that could move a terminal's cursor, and at most `most` signs long. */
export const printable = (text: string, most: number): string =>
  (text.length > most ? `${text.slice(0, most)}…` : text).replace(
    UNPRINTABLE,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** For messages: text from a file, shortened. */
export const quote = (text: string): string =>
  printable(JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text), 400);
