import { statSync } from "node:fs";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import type { BatchNormImplementation, Declaration, Precision } from "@handgrad/bn-doctor";
import { normal, Random } from "@handgrad/tensor";
import { AdaptedBatchNorm, type Candidate } from "laboratory";
import { BadInput, userPath } from "terminal";
import type { Settings } from "./settings.js";

/** What the factory of a user's module is asked for: one layer's width, and what the judge will hold it to. */
export interface ImplementationOptions extends Declaration {
  /** C, the width of every row. */
  readonly features: number;
  /** What the network computes in. An implementation of the other precision is converted to and from. */
  readonly precision: Precision;
}

type Factory = (options: ImplementationOptions) => BatchNormImplementation;

const SECONDS_TO_LOAD = 10;

/**
 * The batch norm of a user's module, whose default export or `createBatchNorm` makes a doctor's BatchNormImplementation.
 * One small layer is tried out, so that what training cannot do without is found lacking before the training.
 *
 * @throws BadInput with one line that names the file and what is wrong.
 */
export async function loadBatchNorm(file: string, settings: Settings): Promise<Candidate> {
  const source = `--batch-norm ${file}`;
  const factory = factoryOf(await importModule(file, source), source);
  const { epsilon, decay, varianceCorrection: runningVariance } = settings;
  const create = (features: number) =>
    new AdaptedBatchNorm(
      make(factory, { features, epsilon, decay, runningVariance, precision: "float32" }, source),
      features,
      source,
    );
  tryOut(create(3));
  return { name: basename(file), create };
}

async function importModule(file: string, source: string): Promise<Record<string, unknown>> {
  const path = userPath(file);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile())
    throw new BadInput(`${source}: there is no such file (${path})`);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `it is still loading after ${SECONDS_TO_LOAD} seconds`;
    timer = setTimeout(() => reject(new Error(message)), SECONDS_TO_LOAD * 1000);
  });
  try {
    return await Promise.race([import(/* @vite-ignore */ pathToFileURL(path).href), late]);
  } catch (error) {
    throw new BadInput(`${source}: the module cannot be loaded: ${reasonOf(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

/** What went wrong, in words; one that Node gives for TypeScript says what to do. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (
    (error as NodeJS.ErrnoException).code === "ERR_UNKNOWN_FILE_EXTENSION" &&
    /\.[cm]?ts"?/.test(error.message)
  ) {
    return `Node ${process.versions.node} does not run TypeScript files; from 22.18 on it does`;
  }
  return error.name === "Error" ? error.message : `${error.name}: ${error.message}`;
}

/** `module.exports` of CommonJS is a default export here, and may hold the factory. */
function factoryOf(module: Record<string, unknown>, source: string): Factory {
  const inner = module.default as Record<string, unknown> | null | undefined;
  const factory = [module.default, module.createBatchNorm, inner?.createBatchNorm].find(
    (exported) => typeof exported === "function",
  );
  if (factory !== undefined) return factory as Factory;
  const names = Object.keys(module).sort().join(", ") || "nothing";
  throw new BadInput(`${source}: must export a function as default or createBatchNorm, exports ${names}`);
}

function make(factory: Factory, options: ImplementationOptions, source: string): BatchNormImplementation {
  try {
    return factory(options);
  } catch (error) {
    throw new BadInput(`${source}: the factory threw: ${reasonOf(error)}`);
  }
}

function tryOut(layer: AdaptedBatchNorm): void {
  const rng = new Random(1);
  for (const mode of ["train", "eval"] as const) {
    layer.forward(normal([4, layer.inWidth], rng), mode);
    layer.backward(normal([4, layer.inWidth], rng));
  }
}
