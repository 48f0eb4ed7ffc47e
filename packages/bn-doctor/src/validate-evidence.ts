import type { Curve, Evidence, LayerEvidence, TrainingRun } from "./evidence.js";
import { firstNonFinite } from "./first-non-finite.js";
import { isLayer, layerImplementation } from "./layer-implementation.js";
import { validateDeclaration, validateImplementation } from "./validate-implementation.js";

/**
 * Refuses evidence that contradicts itself: nothing can be concluded from it, neither way.
 * @throws Error that names the field, what it must be, and what it is.
 */
export function validateEvidence({ layers, batchNormRun, baselineRun }: Evidence): void {
  if (layers.length === 0) throw new Error("judge: layers must list at least one batch norm layer, got none");
  validateRun("batchNormRun", batchNormRun);
  validateRun("baselineRun", baselineRun);
  if (baselineRun.batchSize !== batchNormRun.batchSize) {
    refuse("baselineRun.batchSize", `${batchNormRun.batchSize} as in batchNormRun`, baselineRun.batchSize);
  }
  const finite = firstNonFinite(batchNormRun) === undefined;
  if (finite && firstNonFinite(baselineRun) === undefined && baselineRun.steps !== batchNormRun.steps) {
    refuse("baselineRun.steps", `${batchNormRun.steps} as in batchNormRun`, baselineRun.steps);
  }
  layers.forEach((layer, i) => {
    validateLayer(`layers[${i}]`, layer);
    if (finite) validateData(`layers[${i}]`, layer, batchNormRun.steps);
  });
}

function validateRun(path: string, run: TrainingRun): void {
  expectInteger(`${path}.steps`, run.steps, 1);
  expectInteger(`${path}.batchSize`, run.batchSize, 2);
  const finite = firstNonFinite(run) === undefined;
  for (const [name, curve] of Object.entries(run.curves)) {
    if (finite && curve.length === 0) refuse(`${path}.curves.${name}`, "at least one point", "none");
    validateSteps(`${path}.curves.${name}`, curve);
  }
}

function validateSteps(path: string, curve: Curve): void {
  let previous = 0;
  curve.forEach(([step], i) => {
    if (!(step > previous)) refuse(`${path}[${i}]`, `a step above ${previous}`, step);
    previous = step;
  });
}

function validateLayer(path: string, { subject, declared, replay }: LayerEvidence): void {
  const implementation = isLayer(subject) ? layerImplementation(subject) : subject;
  validateImplementation(implementation, `judge: ${path}.subject`);
  validateDeclaration(declared, `judge: ${path}.declared`);
  for (const name of ["epsilon", "decay", "runningVariance"] as const) {
    if (declared[name] === undefined) refuse(`${path}.declared.${name}`, "given", undefined);
  }
  if (declared.epsilon === 0) refuse(`${path}.declared.epsilon`, "positive", 0);
  const { features } = implementation;
  if (replay.mean.length !== features) {
    refuse(`${path}.replay`, `for ${features} features`, replay.mean.length);
  }
  for (const name of ["decay", "runningVariance"] as const) {
    if (replay[name] !== declared[name])
      refuse(`${path}.replay.${name}`, `${declared[name]} as declared`, replay[name]);
  }
}

function validateData(path: string, { replay, batch, data }: LayerEvidence, steps: number): void {
  const features = replay.mean.length;
  if (replay.batches !== steps)
    refuse(`${path}.replay.batches`, `${steps}, one for each step`, replay.batches);
  expectInteger(`${path}.batch.rows`, batch.rows, 2);
  expectNumbers(`${path}.batch.x`, batch.x, batch.rows * features);
  expectNumbers(`${path}.data.mean`, data.mean, features);
  expectNumbers(`${path}.data.variance`, data.variance, features, 0);
}

function expectInteger(path: string, value: number, smallest: number): void {
  if (!Number.isSafeInteger(value) || value < smallest)
    refuse(path, `an integer of at least ${smallest}`, value);
}

function expectNumbers(
  path: string,
  values: ArrayLike<number>,
  length: number,
  smallest = Number.NEGATIVE_INFINITY,
): void {
  if (values.length !== length) refuse(path, `${length} numbers`, `${values.length}`);
  for (let i = 0; i < length; i++) {
    if (!Number.isFinite(values[i])) refuse(`${path}[${i}]`, "finite", values[i]);
    if (values[i] < smallest) refuse(`${path}[${i}]`, `at least ${smallest}`, values[i]);
  }
}

function refuse(path: string, expected: string, got: unknown): never {
  throw new Error(`judge: ${path} must be ${expected}, got ${got}`);
}
