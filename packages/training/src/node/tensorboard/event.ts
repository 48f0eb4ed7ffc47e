import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { maskedCrc32c } from "./crc32c.js";

/** Field numbers of tensorflow/core/util/event.proto and tensorflow/core/framework/summary.proto. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 } as const;
const SUMMARY = { value: 1 } as const;
const VALUE = { tag: 1, simpleValue: 2 } as const;
const SESSION_LOG = { status: 1 } as const;
const SESSION_START = 1;

/** What every file begins with. */
export const fileVersion = (): Uint8Array =>
  event(0, (writer) => writer.tag(EVENT.fileVersion, WireType.LengthDelimited).string("brain.Event:2"));

/** TensorBoard forgets what earlier files of the folder say of this step and later ones. */
export const sessionStart = (step: number): Uint8Array =>
  event(step, (writer) =>
    writer
      .tag(EVENT.sessionLog, WireType.LengthDelimited)
      .fork()
      .tag(SESSION_LOG.status, WireType.Varint)
      .int32(SESSION_START)
      .join(),
  );

/** A point of each tag's curve. Values are float32 there, infinite where they are too large; undefined ones are left out. */
export const scalars = (step: number, values: Readonly<Record<string, number | undefined>>): Uint8Array =>
  event(step, (writer) => {
    writer.tag(EVENT.summary, WireType.LengthDelimited).fork();
    for (const [tag, value] of Object.entries(values)) {
      if (value === undefined) continue;
      writer
        .tag(SUMMARY.value, WireType.LengthDelimited)
        .fork()
        .tag(VALUE.tag, WireType.LengthDelimited)
        .string(tag)
        .tag(VALUE.simpleValue, WireType.Bit32)
        .float(Math.fround(value))
        .join();
    }
    writer.join();
  });

/** An Event of this moment, as a record. */
function event(step: number, content: (writer: BinaryWriter) => unknown): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(EVENT.wallTime, WireType.Bit64).double(Date.now() / 1000);
  writer.tag(EVENT.step, WireType.Varint).int64(step);
  content(writer);
  return record(writer.finish());
}

/** Length in eight bytes, its check sum, the bytes, theirs; all little-endian (tensorflow/core/lib/io/record_writer.h). */
function record(bytes: Uint8Array): Uint8Array {
  const head = Buffer.alloc(12);
  head.writeBigUInt64LE(BigInt(bytes.length));
  head.writeUInt32LE(maskedCrc32c(head.subarray(0, 8)), 8);
  const foot = Buffer.alloc(4);
  foot.writeUInt32LE(maskedCrc32c(bytes));
  return Buffer.concat([head, bytes, foot]);
}
