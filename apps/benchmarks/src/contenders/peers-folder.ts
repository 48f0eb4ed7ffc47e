import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The scripts of all peers, with a package of their own that no workspace knows. */
export const peersFolder = fileURLToPath(new URL("../peers/", import.meta.url));

const MINUTES = 10;

const installed = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((bytes, entry) => bytes + statSync(join(entry.parentPath, entry.name)).size, 0);

/**
 * Installs the JavaScript peers as their lockfile says, unless they are there; no package runs a script.
 * @returns why they are not there, or undefined.
 */
export async function installPeers(
  allowed: boolean,
  say: (line: string) => void,
): Promise<string | undefined> {
  const modules = join(peersFolder, "node_modules");
  // npm writes it last.
  if (existsSync(join(modules, ".package-lock.json"))) return undefined;
  if (!allowed) return "not installed, and --no-install forbids it";
  const { dependencies } = JSON.parse(readFileSync(join(peersFolder, "package.json"), "utf8"));
  const names = Object.entries(dependencies).map(([name, version]) => `${name}@${version}`);
  say(`Installing ${names.join(", ")} into ${modules} (some 650 MB, once)`);
  try {
    await promisify(execFile)(
      "npm",
      ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
      { cwd: peersFolder, timeout: 60_000 * MINUTES, shell: process.platform === "win32" },
    );
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    const reason = (stderr ?? "")
      .split("\n")
      .find((line) => /^npm (error|ERR!) (?!code|errno|syscall|type|address|port)/.test(line));
    return `npm could not install it: ${(reason ?? message.split("\n")[0]).replace(/^npm (error|ERR!) /, "")}`;
  }
  say(`Installed ${Math.round(installed(modules) / 1e6)} MB.`);
  return undefined;
}
