import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BadInput, userPath } from "terminal";

/** Makes the folder, and returns what writes a file there and gives its path. @throws BadInput where that fails. */
export function outputFolder(out: string): (name: string, text: string) => string {
  const folder = userPath(out);
  const refused = (error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    return new BadInput(`--out must be a folder that can be written to, got "${out}" (${code})`);
  };
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw refused(error);
  }
  return (name, text) => {
    const path = join(folder, name);
    try {
      writeFileSync(path, text);
    } catch (error) {
      throw refused(error);
    }
    return path;
  };
}
