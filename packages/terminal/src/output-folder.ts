import { existsSync, mkdirSync, mkdtempSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { BadInput } from "./bad-input.js";
import { userPath } from "./user-path.js";
import { codeOf, writeWhole } from "./write-whole.js";

/** A folder that is known to be writable before the training starts. */
export class OutputFolder {
  readonly path: string;

  /**
   * @throws BadInput, which names the option, where the folder cannot be made or written to; nothing is left behind then.
   */
  constructor(out: string, option = "--out") {
    this.path = userPath(out);
    const made: string[] = [];
    try {
      makeFolder(this.path, made);
      rmdirSync(mkdtempSync(join(this.path, ".probe-")));
    } catch (error) {
      for (const folder of made.reverse()) rmdirSync(folder);
      throw new BadInput(
        `${option} must be a folder that can be written to, got "${out}" (${codeOf(error)})`,
      );
    }
  }

  /**
   * Writes the file whole or not at all, and returns its path.
   * @throws BadInput where that fails, such as on a full disk.
   */
  write(name: string, text: string): string {
    return writeWhole(join(this.path, name), text);
  }
}

/**
 * Makes the folder and those above it, and adds each to `made`. Node's `recursive` never returns for a path that the
 * system cannot make, such as one in /proc.
 */
function makeFolder(path: string, made: string[]): void {
  if (existsSync(path)) return;
  if (dirname(path) !== path) makeFolder(dirname(path), made);
  try {
    mkdirSync(path);
    made.push(path);
  } catch (error) {
    // Jobs of a sweep that begin at the same time make the same folders.
    if (codeOf(error) !== "EEXIST") throw error;
  }
}
