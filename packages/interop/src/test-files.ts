import { readdirSync, readFileSync } from "node:fs";
import { readFixture } from "testing";

const folder = new URL("../fixtures/files/", import.meta.url);

/** A file of `fixtures/files`, which `files.py` had safetensors and NumPy write. */
export const realFile = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));

export const realFiles = (extension: string): string[] =>
  readdirSync(folder).filter((name) => name.endsWith(extension));

export interface Held {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
export interface HeldFile {
  readonly tensors: Readonly<Record<string, Held>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What the file holds, by the library that wrote it. */
export const held = <T extends Held | HeldFile>(name: string): T =>
  readFixture<Record<string, T>>(import.meta.url, "files.json")[name];

/** A safetensors file of the header as it is written here. */
export function withHeader(header: string, data: readonly number[] | Uint8Array = []): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return Uint8Array.from([...length, ...text, ...data]);
}

/** Of the first place where `text` stands in the file. */
export const offsetOf = (bytes: Uint8Array, text: string): number => Buffer.from(bytes).indexOf(text);

/** A copy in which the first `from` is `to`, equally long. */
export function replaced(bytes: Uint8Array, from: string, to: string): Uint8Array {
  if (from.length !== to.length) throw new Error(`replaced: ${from} and ${to} must be equally long`);
  const copy = Uint8Array.from(bytes);
  const at = offsetOf(bytes, from);
  if (at < 0) throw new Error(`replaced: there is no ${from}`);
  copy.set(Buffer.from(to, "latin1"), at);
  return copy;
}
