import { readFileSync } from "node:fs";
import { BadInput } from "terminal";
import { explain } from "../explain.js";
import type { Explanation } from "../explanation.js";
import type { BatchNormRecord } from "../record.js";
import { refusing } from "./own-errors.js";

/**
 * Explains the record in a JSON file.
 * @throws BadInput that names the file and what is wrong with it.
 */
export function explainFile(file: string): Explanation {
  const record: unknown = parse(file, read(file));
  return refusing(file, () => explain(record as BatchNormRecord));
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new BadInput(`${file}: there is no such file`);
    throw new BadInput(`${file}: cannot be read (${code})`);
  }
}

/** JSON, where Python's NaN and Infinity are let through as text: a record says which field holds them. */
function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/(?<=[[,:\s])-?(NaN|Infinity)(?=[\s,\]}])/g, '"$&"'));
  } catch (error) {
    throw new BadInput(`${file}: is no JSON (${(error as Error).message})`);
  }
}
