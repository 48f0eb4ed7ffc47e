import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Format, transformSync } from "esbuild";
import { pnpm, publicPackages, root, run } from "./workspace.js";

/**
 * A project that knows nothing of the workspace, with every public package as npm installs it from its tarball, and the
 * programs of `stranger/`. The tarballs are packed here, or come from the folder HANDGRAD_TARBALLS.
 */
export function createStranger() {
  const folder = mkdtempSync(join(tmpdir(), "handgrad-stranger-"));
  cpSync(`${root}/tests/stranger`, folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "stranger", private: true }));
  const tarballs = process.env.HANDGRAD_TARBALLS ?? pack(folder);
  const files = readdirSync(tarballs).filter((file) => file.endsWith(".tgz"));
  // What a package depends on from outside is linked from the workspace, so that nothing has to be fetched.
  const outside = publicPackages.flatMap(({ folder, dependencies = {} }) =>
    Object.keys(dependencies)
      .filter((name) => !name.startsWith("@handgrad/"))
      .map((name) => realpathSync(`${folder}/node_modules/${name}`)),
  );
  const install = ["install", "--offline", "--no-audit", "--no-fund"];
  run("npm", [...install, ...outside, ...files.map((file) => join(tarballs, file))], folder);
  return { folder, tarballs: files.map((file) => join(tarballs, file)) };
}

function pack(folder: string): string {
  pnpm(["run", "build", "--filter=./packages/*"], root);
  pnpm(["-r", "--filter", "@handgrad/*", "pack", "--pack-destination", folder], root);
  return folder;
}

/** Writes the JavaScript of `<name>.ts` beside it and returns its name. */
export function compile(folder: string, name: string, format: Format): string {
  const file = `${name}.${format === "cjs" ? "cjs" : "mjs"}`;
  const { code } = transformSync(readFileSync(join(folder, `${name}.ts`), "utf8"), { loader: "ts", format });
  writeFileSync(join(folder, file), code);
  return file;
}
