import { readFileSync } from "node:fs";
import { FormatError, readNpz } from "@handgrad/interop";
import { BadInput } from "terminal";
import { explain } from "../explain.js";
import type { Explanation } from "../explanation.js";
import type { BatchNormRecord } from "../record.js";
import { refusing } from "./own-errors.js";

/**
 * Explains the record in a JSON file, or in the .npz file of `numpy.savez("record.npz", x=x, …, mode="train")`.
 * @throws BadInput that names the file and what is wrong with it.
 */
export function explainFile(file: string): Explanation {
  const bytes = read(file);
  const record: unknown = isZip(bytes) ? fromNpz(file, bytes) : parse(file, bytes.toString("utf8"));
  return refusing(file, () => explain(record as BatchNormRecord));
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new BadInput(`${file}: there is no such file`);
    throw new BadInput(`${file}: cannot be read (${code})`);
  }
}

/** No JSON begins like this. */
const isZip = (bytes: Buffer): boolean => bytes.toString("latin1", 0, 2) === "PK";

/** The arrays as JSON would have them; texts, such as the mode, are fields as well. */
function fromNpz(file: string, bytes: Uint8Array): object {
  try {
    const { tensors, metadata } = readNpz(bytes);
    const fields = Object.entries(tensors).map(([name, { shape, data }]) => [name, nested([...data], shape)]);
    return Object.fromEntries([...fields, ...Object.entries(metadata)]);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new BadInput(`${file}: ${error.message.replace(/^readNpz: /, "")}`);
  }
}

/** Row-major elements as arrays in arrays, one for each axis. */
function nested(data: readonly number[], [size, ...inner]: readonly number[]): unknown {
  if (size === undefined) return data[0];
  // Of an array without elements another axis may have any size.
  if (data.length === 0) return [];
  const step = data.length / size;
  return Array.from({ length: size }, (_, i) => nested(data.slice(i * step, (i + 1) * step), inner));
}

/** JSON, where Python's NaN and Infinity are let through as text: a record says which field holds them. */
function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/(?<=[[,:\s])-?(NaN|Infinity)(?=[\s,\]}])/g, '"$&"'));
  } catch (error) {
    throw new BadInput(`${file}: is no JSON (${(error as Error).message})`);
  }
}
