import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const app = fileURLToPath(new URL("..", import.meta.url));

export interface Built {
  readonly folder: string;
  readonly remove: () => void;
}

/** The command as it is built, beside the app so that it finds its dependencies. */
export function build(): Built {
  mkdirSync(join(app, "node_modules"), { recursive: true });
  const folder = mkdtempSync(join(app, "node_modules", ".built-for-test-"));
  const tsup = join(
    dirname(createRequire(import.meta.url).resolve("tsup/package.json")),
    "dist/cli-default.js",
  );
  execFileSync(process.execPath, [tsup, "--config", "../../tsup.config.ts", "--out-dir", folder], {
    cwd: app,
  });
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}
