import { quote } from "./bytes.js";
import type { Fail } from "./format-error.js";
import { decodeUtf8, isWellFormed } from "./utf8.js";

const [QUOTE, COMMA, MINUS, ZERO, NINE, COLON, BACKSLASH] = [0x22, 0x2c, 0x2d, 0x30, 0x39, 0x3a, 0x5c];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * JSON in bytes of a file, where the caller says what must come next: so nothing nests deeper than the caller asks,
 * no tree is built, duplicate keys and the notation of numbers are seen, and every error has its byte.
 */
export class JsonReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #fail: Fail;
  #at: number;

  constructor(bytes: Uint8Array, start: number, end: number, fail: Fail) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#fail = fail;
  }

  /** Of the value, key or sign that comes next. */
  get offset(): number {
    this.#skipSpace();
    return this.#at;
  }

  /** `member` reads the value of each key. */
  object(what: string, member: (key: string, offset: number) => void): void {
    this.#expect(OPEN_OBJECT, what, "an object");
    if (this.#take(CLOSE_OBJECT)) return;
    const keys = new Set<string>();
    do {
      const { offset } = this;
      const key = this.string(`a key of ${what}`);
      if (keys.has(key)) this.#fail(`${what} has ${quote(key)} twice`, offset);
      keys.add(key);
      this.#expect(COLON, `what follows ${quote(key)}`, '":"');
      member(key, offset);
    } while (this.#take(COMMA));
    this.#expect(CLOSE_OBJECT, `what follows in ${what}`, '"," or "}"');
  }

  /** `item` reads each. */
  array(what: string, item: (index: number) => void): void {
    this.#expect(OPEN_ARRAY, what, "an array");
    if (this.#take(CLOSE_ARRAY)) return;
    let index = 0;
    do item(index++);
    while (this.#take(COMMA));
    this.#expect(CLOSE_ARRAY, `what follows in ${what}`, '"," or "]"');
  }

  /** Zero or a positive integer, written as digits alone: not 1.0, 1e3, -0 or 01. */
  integer(what: string): number {
    const { offset } = this;
    let end = offset;
    while (end < this.#end && this.#isOfNumber(this.#bytes[end])) end++;
    if (end === offset) this.#unexpected(what, "an integer");
    const text = String.fromCharCode(...this.#bytes.subarray(offset, Math.min(end, offset + 40)));
    const value = /^(0|[1-9]\d*)$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(value)) {
      this.#fail(
        `${what} must be an integer from 0 to 2^53 - 1, written in digits alone, got ${text}`,
        offset,
      );
    }
    this.#at = end;
    return value;
  }

  string(what: string): string {
    const { offset } = this;
    this.#expect(QUOTE, what, "a string");
    const start = this.#at;
    let escaped = false;
    for (; this.#at < this.#end; this.#at++) {
      const byte = this.#bytes[this.#at];
      if (byte === QUOTE) {
        this.#at++;
        return escaped ? this.#unescape(what, offset) : this.#text(start, this.#at - 1);
      }
      if (byte < 0x20) this.#fail(`${what} holds a control character`, this.#at);
      if (byte === BACKSLASH) {
        escaped = true;
        this.#at++;
      }
    }
    return this.#fail(`${what} is a string that does not end`, offset);
  }

  /** Nothing may follow but white space. */
  finish(what: string): void {
    if (this.offset < this.#end) this.#fail(`something follows ${what}`, this.#at);
  }

  #text(start: number, end: number): string {
    const text = decodeUtf8(this.#bytes, start, end);
    return typeof text === "string" ? text : this.#fail("text must be UTF-8", text.badByte);
  }

  #unescape(what: string, offset: number): string {
    const written = this.#text(offset, this.#at);
    let text: string;
    try {
      text = JSON.parse(written);
    } catch {
      return this.#fail(`${what} has an escape that JSON does not know`, offset);
    }
    if (!isWellFormed(text)) this.#fail(`${what} has half of a surrogate pair`, offset);
    return text;
  }

  #isOfNumber(byte: number): boolean {
    return (
      (byte >= ZERO && byte <= NINE) ||
      byte === MINUS ||
      byte === 0x2b ||
      byte === 0x2e ||
      (byte | 0x20) === 0x65
    );
  }

  #skipSpace(): void {
    while (this.#at < this.#end) {
      const byte = this.#bytes[this.#at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#at++;
    }
  }

  #take(byte: number): boolean {
    if (this.offset >= this.#end || this.#bytes[this.#at] !== byte) return false;
    this.#at++;
    return true;
  }

  #expect(byte: number, what: string, expected: string): void {
    if (!this.#take(byte)) this.#unexpected(what, expected);
  }

  #unexpected(what: string, expected: string): never {
    const { offset } = this;
    const got = offset < this.#end ? quote(String.fromCharCode(this.#bytes[offset])) : "the end";
    return this.#fail(`${what} must be ${expected}, got ${got}`, offset);
  }
}
