import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { maskedCrc32c } from "./tensorboard/crc32c.js";

/** Points of each curve, by "run/tag" and step. */
export type Curves = Record<string, Record<number, number>>;

/** What TensorBoard shows of the runs in a folder: all files in the order of their names, less what sessions replace. */
export function readCurves(folder: string): Curves {
  const curves: Curves = {};
  for (const run of readdirSync(folder).sort()) {
    for (const name of readdirSync(join(folder, run)).sort()) {
      if (!name.includes("tfevents")) throw new Error(`TensorBoard would not read ${name}`);
      for (const event of readEvents(readFileSync(join(folder, run, name)))) {
        if (event.starts) forget(curves, run, event.step);
        for (const [tag, value] of event.values) {
          const curve = `${run}/${tag}`;
          curves[curve] = { ...curves[curve], [event.step]: value };
        }
      }
    }
  }
  return curves;
}

function forget(curves: Curves, run: string, from: number): void {
  for (const [name, points] of Object.entries(curves)) {
    if (!name.startsWith(`${run}/`)) continue;
    curves[name] = Object.fromEntries(Object.entries(points).filter(([step]) => Number(step) < from));
  }
}

interface ReadEvent {
  step: number;
  version: string;
  starts: boolean;
  values: (readonly [tag: string, value: number])[];
}

/** A record that is cut off ends the file, as it does for TensorBoard. */
export function readEvents(file: Buffer): ReadEvent[] {
  const events: ReadEvent[] = [];
  for (let at = 0; at + 12 <= file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    const [head, content] = [file.subarray(at, at + 8), file.subarray(at + 12, at + 12 + length)];
    const next = at + 12 + length + 4;
    if (next > file.length) break;
    if (file.readUInt32LE(at + 8) !== maskedCrc32c(head)) throw new Error(`bad length at ${at}`);
    if (file.readUInt32LE(next - 4) !== maskedCrc32c(content)) throw new Error(`bad record at ${at}`);
    events.push(readEvent(content));
    at = next;
  }
  return events;
}

function readEvent(bytes: Uint8Array): ReadEvent {
  const event: ReadEvent = { step: 0, version: "", starts: false, values: [] };
  fields(bytes, {
    1: (reader) => {
      const age = Date.now() / 1000 - reader.double();
      if (!(age >= 0 && age < 600)) throw new Error(`an event of ${age} seconds ago`);
    },
    2: (reader) => {
      event.step = Number(reader.int64());
    },
    3: (reader) => {
      event.version = reader.string();
    },
    5: (reader) =>
      fields(reader.bytes(), {
        1: (summary) => {
          let [tag, value] = ["", Number.NaN];
          fields(summary.bytes(), {
            1: (point) => {
              tag = point.string();
            },
            2: (point) => {
              value = point.float();
            },
          });
          event.values.push([tag, value]);
        },
      }),
    7: (reader) =>
      fields(reader.bytes(), {
        1: (session) => {
          event.starts = session.int32() === 1;
        },
      }),
  });
  return event;
}

/** Every field must be known. */
function fields(bytes: Uint8Array, read: Readonly<Record<number, (reader: BinaryReader) => void>>): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field] = reader.tag();
    if (!read[field]) throw new Error(`field ${field} is not expected here`);
    read[field](reader);
  }
}
