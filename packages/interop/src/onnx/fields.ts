import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { quote, viewOf } from "../bytes.js";
import type { Fail } from "../format-error.js";
import { decodeUtf8 } from "../utf8.js";

/** One field of a protobuf message as it stands in the file. What it holds is read when the schema knows it. */
export class Field {
  readonly number: number;
  /** In the file. */
  readonly offset: number;
  readonly start: number;
  readonly end: number;
  readonly #bytes: Uint8Array;
  readonly #wire: WireType;
  readonly #fail: Fail;

  constructor(
    bytes: Uint8Array,
    number: number,
    wire: WireType,
    span: readonly [number, number, number],
    fail: Fail,
  ) {
    this.#bytes = bytes;
    this.number = number;
    this.#wire = wire;
    [this.offset, this.start, this.end] = span;
    this.#fail = fail;
  }

  /** An integer of either sign, at most 2^53 − 1. */
  integer(what: string): number {
    this.#expect(what, WireType.Varint, "an integer");
    const reader = new BinaryReader(this.#bytes.subarray(this.start, this.end));
    const value = Number(reader.int64());
    return Number.isSafeInteger(value)
      ? value
      : this.#fail(`${what} must be at most 2^53 - 1, got ${value}`, this.offset);
  }

  float(what: string): number {
    this.#expect(what, WireType.Bit32, "a float");
    return viewOf(this.#bytes).getFloat32(this.start, true);
  }

  text(what: string): string {
    this.#expect(what, WireType.LengthDelimited, "a text");
    const text = decodeUtf8(this.#bytes, this.start, this.end);
    return typeof text === "string" ? text : this.#fail(`${what} must be UTF-8`, text.badByte);
  }

  /** Each field of the message that this one holds. */
  message(what: string, visit: (field: Field) => void): void {
    this.#expect(what, WireType.LengthDelimited, "a message");
    readFields(this.#bytes, this.start, this.end, what, this.#fail, visit);
  }

  /** Where packed numbers or bytes stand. */
  span(what: string): readonly [start: number, end: number] {
    this.#expect(what, WireType.LengthDelimited, "packed bytes");
    return [this.start, this.end];
  }

  /** Integers, packed or one alone. */
  integers(what: string, visit: (value: number) => void): void {
    if (this.#wire === WireType.Varint) {
      visit(this.integer(what));
      return;
    }
    this.#expect(what, WireType.LengthDelimited, "packed integers");
    const reader = new BinaryReader(this.#bytes.subarray(this.start, this.end));
    while (reader.pos < reader.len) {
      const at = this.start + reader.pos;
      const value = Number(
        readOr(
          () => reader.int64(),
          () => this.#fail(`${what} must be packed integers`, at),
        ),
      );
      if (!Number.isSafeInteger(value)) this.#fail(`${what} must be at most 2^53 - 1, got ${value}`, at);
      visit(value);
    }
  }

  #expect(what: string, wire: WireType, expected: string): void {
    if (this.#wire !== wire)
      this.#fail(`${what} must be ${expected}, got wire type ${this.#wire}`, this.offset);
  }
}

/** Goes through the fields of the message in bytes `start` to `end`, in their order, and keeps none. */
export function readFields(
  bytes: Uint8Array,
  start: number,
  end: number,
  what: string,
  fail: Fail,
  visit: (field: Field) => void,
): void {
  const reader = new BinaryReader(bytes.subarray(0, end));
  reader.pos = start;
  while (reader.pos < end) {
    const offset = reader.pos;
    visit(
      readOr(
        () => nextField(reader, bytes, offset, fail),
        (message) => fail(`${what} is no protobuf message: ${message}`, offset),
      ),
    );
  }
}

function nextField(reader: BinaryReader, bytes: Uint8Array, offset: number, fail: Fail): Field {
  const [number, wire] = reader.tag();
  // Groups nest, are unknown to ONNX, and were given up by protobuf itself.
  if (wire === WireType.StartGroup || wire === WireType.EndGroup) throw new Error("a group");
  if (wire === WireType.LengthDelimited) {
    const length = reader.uint32();
    const start = reader.pos;
    reader.pos += length;
    if (reader.pos > reader.len) throw new Error("premature EOF");
    return new Field(bytes, number, wire, [offset, start, reader.pos], fail);
  }
  const start = reader.pos;
  reader.skip(wire, number);
  // A varint has ten bytes at most; skip() would take any number.
  if (reader.pos - start > 10) throw new Error("invalid varint");
  return new Field(bytes, number, wire, [offset, start, reader.pos], fail);
}

/** Errors of the protobuf library, which know no byte. */
function readOr<T>(read: () => T, fail: (message: string) => never): T {
  try {
    return read();
  } catch (error) {
    return fail(quote((error as Error).message));
  }
}
