import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The repository's folder. */
export const root = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

/** Runs a command in `cwd` and returns what it printed; where it fails, the error holds all of its output. */
export function run(command: string, args: readonly string[], cwd: string): string {
  try {
    return execFileSync(command, args, {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      // npm and pnpm are scripts there, which only a shell starts.
      shell: process.platform === "win32" && command !== process.execPath,
    });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(" ")}\n${stdout ?? ""}${stderr ?? ""}`);
  }
}

/** Runs pnpm: the one that runs these tests, or the one on the path. */
export function pnpm(args: readonly string[], cwd: string): string {
  const script = process.env.npm_execpath;
  return script && /pnpm\.[cm]?js$/.test(script)
    ? run(process.execPath, [script, ...args], cwd)
    : run("pnpm", args, cwd);
}

/** Runs the workspace's TypeScript compiler. */
export function tsc(args: readonly string[], cwd: string): string {
  return run(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, ...args], cwd);
}

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Every package and app, with the folder that it lies in. */
export const projects = ["packages", "apps"].flatMap((parent) =>
  readdirSync(`${root}/${parent}`)
    .map((name) => `${root}/${parent}/${name}`)
    .filter((folder) => existsSync(`${folder}/package.json`))
    .map((folder): Manifest & { readonly folder: string } => ({
      ...JSON.parse(readFileSync(`${folder}/package.json`, "utf8")),
      folder,
    })),
);

/** What strangers install. */
export const publicPackages = projects.filter((project) => !project.private);
