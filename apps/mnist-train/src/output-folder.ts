import { existsSync, mkdirSync, mkdtempSync, renameSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { BadInput } from "./bad-input.js";

/** A folder that is known to be writable before the training starts. */
export class OutputFolder {
  readonly path: string;

  /**
   * Relative to where the user stands: pnpm runs scripts in the package's folder and keeps the user's in INIT_CWD.
   * @throws BadInput where the folder cannot be made or written.
   */
  constructor(out: string) {
    this.path = resolve(process.env.INIT_CWD ?? process.cwd(), out);
    try {
      makeFolder(this.path);
      rmdirSync(mkdtempSync(join(this.path, ".probe-")));
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? String(error);
      throw new BadInput(
        `option '--out <folder>' must be a folder that can be written, got '${out}' (${reason})`,
      );
    }
  }

  /** Writes the file whole or not at all, and returns its path. */
  write(name: string, text: string): string {
    const path = join(this.path, name);
    const unfinished = `${path}.${process.pid}.tmp`;
    writeFileSync(unfinished, text);
    renameSync(unfinished, path);
    return path;
  }
}

/** Folder by folder: Node's `recursive` never returns for a path that the system cannot make, such as one in /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}
