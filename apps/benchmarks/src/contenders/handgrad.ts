import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { Contender } from "../contender.js";

/** The built child stands beside the built command. */
const child = fileURLToPath(new URL("child.js", import.meta.url));

/** One row each. */
const settings = [
  ...[...new Set([availableParallelism(), 1])].map((threads) => ({ engine: "wasm", threads })),
  { engine: "scalar", threads: 1 },
];

/** This project, with each engine and number of threads. */
export function handgrad(): Contender[] {
  if (!existsSync(child)) throw new Error(`${child} is missing: build the app first`);
  return settings.map(({ engine, threads }) => ({
    id: `handgrad-${engine}-${threads}`,
    family: "handgrad",
    kinds: ["training", "inference", "matmul"],
    command: process.execPath,
    args: [child],
    env: { HANDGRAD_ENGINE: engine, HANDGRAD_THREADS: String(threads) },
  }));
}
