import { statSync } from "node:fs";
import { basename } from "node:path";
import type { BatchNormImplementation, Declaration, Precision } from "@handgrad/bn-doctor";
import { normal, Random } from "@handgrad/tensor";
import { AdaptedBatchNorm, type Candidate } from "laboratory";
import { BadInput, importGuest, userPath } from "terminal";
import type { Settings } from "./settings.js";

/** What the factory of a user's module is asked for: one layer's width, and what the judge will hold it to. */
export interface ImplementationOptions extends Declaration {
  /** C, the width of every row. */
  readonly features: number;
  /** What the network computes in. An implementation of the other precision is converted to and from. */
  readonly precision: Precision;
}

type Factory = (options: ImplementationOptions) => BatchNormImplementation;

/**
 * The batch norm of a user's module, whose default export or `createBatchNorm` makes a doctor's BatchNormImplementation.
 * One small layer is tried out, so that what training cannot do without is found lacking before the training.
 *
 * @throws BadInput with one line that names the file and what is wrong.
 */
export async function loadBatchNorm(file: string, settings: Settings): Promise<Candidate> {
  const source = `--batch-norm ${file}`;
  const factory = factoryOf(await importGuest(requireFile(file, source), source), source);
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

function requireFile(file: string, source: string): string {
  const path = userPath(file);
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return path;
  throw new BadInput(`${source}: there is no such file (${path})`);
}

const reasonOf = (error: unknown): string =>
  error instanceof Error && error.name === "Error" ? error.message : String(error);

/** `module.exports` of CommonJS is a default export here, and may hold the factory. */
function factoryOf(module: Readonly<Record<string, unknown>>, source: string): Factory {
  const inner = module.default as Record<string, unknown> | null | undefined;
  const factory = [module.default, module.createBatchNorm, inner?.createBatchNorm].find(
    (exported) => typeof exported === "function",
  );
  if (factory !== undefined && /^class\b/.test(String(factory))) {
    throw new BadInput(`${source}: exports a class, must export a function: (options) => new Mine(options)`);
  }
  if (factory !== undefined) return factory as Factory;
  if (typeof inner?.forward === "function") {
    throw new BadInput(
      `${source}: exports one batch norm, must export a function that makes one for each width: ({ features }) => …`,
    );
  }
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
