import { environment } from "./environment.js";

/** More than this many threads only get into each other's way. */
const MOST_BY_DEFAULT = 16;

/** @throws RangeError unless `count` is a positive integer. */
export function requireThreads(what: string, count: number): void {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new RangeError(`${what} must be a positive integer, got ${count}`);
  }
}

/** HANDGRAD_THREADS where there are environment variables, else the machine's cores, as far as the runtime tells. */
export function defaultThreads(): number {
  const asked = environment("HANDGRAD_THREADS");
  if (asked === undefined) return Math.min(cores(), MOST_BY_DEFAULT);
  const count = /^\d+$/.test(asked) ? Number(asked) : Number.NaN;
  if (!(count >= 1)) throw new RangeError(`HANDGRAD_THREADS must be a positive integer, got ${asked}`);
  return count;
}

function cores(): number {
  const { navigator, process } = globalThis as {
    navigator?: { hardwareConcurrency?: number };
    process?: { getBuiltinModule?(name: "node:os"): { availableParallelism(): number } | undefined };
  };
  return (
    process?.getBuiltinModule?.("node:os")?.availableParallelism() ?? navigator?.hardwareConcurrency ?? 1
  );
}
