import { readdirSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { BadInput, closest } from "terminal";
import type { BatchNormImplementation, Declaration } from "../implementation.js";
import type { BatchNormLayerLike } from "../layer-implementation.js";

/** What a module has to say of its batch norm. */
export interface Loaded {
  readonly implementation: BatchNormImplementation | BatchNormLayerLike;
  readonly declared: Partial<Declaration>;
}

type Exports = Readonly<Record<string, unknown>>;

const DECLARED: readonly string[] = ["epsilon", "decay", "runningVariance"] satisfies (keyof Declaration)[];

const isObject = (value: unknown): value is Exports => typeof value === "object" && value !== null;

/**
 * Imports the module at `file`, ESM or CommonJS, relative to the folder in which the command runs.
 * @throws BadInput where there is no such file, or it throws, or exports no batch norm.
 */
export async function loadImplementation(file: string): Promise<Loaded> {
  const path = resolve(file);
  requireFile(file, path);
  const exports = await importModule(file, path);
  // CommonJS modules come as one default export, which holds the named ones where Node does not see them.
  const whole = exports.default;
  const all: Exports = { ...(isObject(whole) ? whole : {}), ...exports };
  const implementation = all.implementation ?? (isObject(whole) ? whole.default : undefined) ?? whole;
  if (implementation === undefined) {
    const names = Object.keys(exports).join(", ") || "nothing";
    throw new BadInput(
      `${file}: a batch norm must be the default export, or the export "implementation"; it exports ${names}`,
    );
  }
  if (!isObject(implementation)) {
    const got = typeof implementation === "function" ? "a function or class" : String(implementation);
    throw new BadInput(
      `${file}: implementation must be an object with features, precision, forward, read and write, got ${got}`,
    );
  }
  // Whether it is all that it must be, diagnose looks at.
  return {
    implementation: implementation as unknown as Loaded["implementation"],
    declared: declarationFrom(all.declared, file),
  };
}

function requireFile(file: string, path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile()) return;
  if (stats !== undefined) throw new BadInput(`${file} must be a file`);
  const similar = closest(basename(path), namesIn(dirname(path)));
  const hint = similar === undefined ? "" : ` (did you mean ${similar}?)`;
  throw new BadInput(`there is no file ${file}${hint}`);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Node's codes for files that it does not take for code. */
const NO_JAVASCRIPT = [
  "ERR_UNKNOWN_FILE_EXTENSION",
  "ERR_IMPORT_ATTRIBUTE_MISSING",
  "ERR_IMPORT_ASSERTION_TYPE_MISSING",
];

async function importModule(file: string, path: string): Promise<Exports> {
  try {
    return await import(pathToFileURL(path).href);
  } catch (error) {
    const { code } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
    if (code !== undefined && NO_JAVASCRIPT.includes(code)) {
      throw new BadInput(
        /\.[cm]?ts$/.test(file)
          ? `${file}: TypeScript needs Node 22.18 or newer, this is ${process.version}; or compile it to JavaScript`
          : `${file} must be a JavaScript module`,
      );
    }
    throw new BadInput(`${file} cannot be loaded: ${String(error)}${placeOf(error, path)}`);
  }
}

/** Where in the module an error arose, as its stack tells: " (line 3)". */
function placeOf(error: unknown, path: string): string {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const line = stack.split(`/${basename(path)}:`, 2)[1]?.match(/^\d+/);
  return line ? ` (line ${line[0]})` : "";
}

function declarationFrom(declared: unknown, file: string): Partial<Declaration> {
  if (declared === undefined) return {};
  if (!isObject(declared)) {
    throw new BadInput(
      `${file}: declared must be { epsilon, decay, runningVariance }, got ${String(declared)}`,
    );
  }
  const unknown = Object.keys(declared).find((name) => !DECLARED.includes(name));
  if (unknown === undefined) return declared;
  const similar = closest(unknown, DECLARED);
  const hint = similar === undefined ? `it may have ${DECLARED.join(", ")}` : `did you mean ${similar}?`;
  throw new BadInput(`${file}: declared has no ${unknown} (${hint})`);
}
