import { renameSync, rmSync, writeFileSync } from "node:fs";
import { BadInput } from "./bad-input.js";

/** What the system calls its refusal, such as "ENOSPC". */
export const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

/** Writes the file whole or not at all, and returns its path. @throws BadInput where that fails, such as on a full disk. */
export function writeWhole(path: string, content: Uint8Array | string): string {
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(unfinished, content);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw new BadInput(`cannot write ${path} (${codeOf(error)})`);
  }
  return path;
}
