import { readdirSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { BadInput, closest, importGuest } from "terminal";
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
  const exports = await importGuest(path, file);
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
    const got =
      typeof implementation === "function"
        ? "a function or class: export what it makes"
        : String(implementation);
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
