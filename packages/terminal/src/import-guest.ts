import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { BadInput } from "./bad-input.js";

const SECONDS_TO_LOAD = 10;

/** Node's codes for files that it does not take for code. */
const NO_JAVASCRIPT = [
  "ERR_UNKNOWN_FILE_EXTENSION",
  "ERR_IMPORT_ATTRIBUTE_MISSING",
  "ERR_IMPORT_ASSERTION_TYPE_MISSING",
];

/**
 * The exports of a user's module at `path`, ESM or CommonJS; `what` names it: "./my-batch-norm.js".
 * @throws BadInput with one line that says why it cannot be loaded, and where, as far as Node tells.
 */
export async function importGuest(path: string, what: string): Promise<Readonly<Record<string, unknown>>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `it is still loading after ${SECONDS_TO_LOAD} seconds`;
    timer = setTimeout(() => reject(message), SECONDS_TO_LOAD * 1000);
    // Where nothing else is pending, Node ends the process, and `withGuest` says so.
    timer.unref();
  });
  try {
    return await Promise.race([import(/* @vite-ignore */ pathToFileURL(path).href), late]);
  } catch (error) {
    throw whyNotLoaded(error, path, what);
  } finally {
    clearTimeout(timer);
  }
}

export function whyNotLoaded(error: unknown, path: string, what: string): BadInput {
  const { code, message = "" } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  if (code !== undefined && NO_JAVASCRIPT.includes(code)) {
    return new BadInput(
      /\.[cm]?ts\b/.test(message)
        ? `${what}: TypeScript needs Node 22.18 or newer, this is ${process.version}; or compile it to JavaScript`
        : `${what} must be a JavaScript module`,
    );
  }
  return new BadInput(`${what} cannot be loaded: ${String(error)}${placeOf(error, path)}`);
}

/** Where in the module an error arose, as its stack tells: " (line 3)". Of what cannot be parsed it does not. */
function placeOf(error: unknown, path: string): string {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const line = stack.split(`/${basename(path)}:`, 2)[1]?.match(/^\d+/);
  if (line) return ` (line ${line[0]})`;
  return error instanceof SyntaxError ? ` (node --check ${path} shows where)` : "";
}
