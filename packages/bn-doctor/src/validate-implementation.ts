import type { BatchNormImplementation, Declaration } from "./implementation.js";
import type { BatchNormLayerLike } from "./layer-implementation.js";

/** @throws Error that names the field of `declared`, what it must be, and what it is. */
export function validateDeclaration(declared: Partial<Declaration>, path: string): void {
  const { epsilon, decay, runningVariance } = declared;
  if (epsilon !== undefined && !(epsilon >= 0 && Number.isFinite(epsilon))) {
    refuse(`${path}.epsilon`, "at least 0 and finite", epsilon);
  }
  if (decay !== undefined && decay !== "cumulative" && !(decay >= 0 && decay < 1)) {
    refuse(`${path}.decay`, 'in [0, 1) or "cumulative"', decay);
  }
  if (runningVariance !== undefined && runningVariance !== "biased" && runningVariance !== "unbiased") {
    refuse(`${path}.runningVariance`, '"biased" or "unbiased"', runningVariance);
  }
}

const REQUIRED = ["forward", "read", "write"] as const;
const OPTIONAL = ["backward", "zeroGrad", "parameters", "save", "load"] as const;

/** @throws Error that names the part that is lacking, or is something else than it must be. */
export function validateImplementation(implementation: BatchNormImplementation, path: string): void {
  if (typeof implementation !== "object" || implementation === null) {
    refuse(path, "an object with features, precision, forward, read and write", implementation);
  }
  const { features, precision } = implementation;
  if (!Number.isSafeInteger(features) || features < 1)
    refuse(`${path}.features`, "a positive integer", features);
  if (precision !== "float32" && precision !== "float64") {
    refuse(`${path}.precision`, '"float32" or "float64"', precision);
  }
  for (const name of REQUIRED) {
    if (typeof implementation[name] !== "function")
      refuse(`${path}.${name}`, "a function", implementation[name]);
  }
  for (const name of OPTIONAL) {
    const value: unknown = implementation[name];
    if (value !== undefined && typeof value !== "function") refuse(`${path}.${name}`, "a function", value);
  }
  const { save, load } = implementation;
  if ((save === undefined) !== (load === undefined)) {
    throw new Error(`${path}: save and load must be given together, got ${save ? "save" : "load"} alone`);
  }
}

/** @throws Error that names the part of a layer that is lacking, or is something else than it must be. */
export function validateLayer(layer: BatchNormLayerLike, path: string): void {
  const { inWidth, dtype, params, state } = layer;
  if (!Number.isSafeInteger(inWidth) || inWidth < 1) refuse(`${path}.inWidth`, "a positive integer", inWidth);
  if (dtype !== "float32" && dtype !== "float64") refuse(`${path}.dtype`, '"float32" or "float64"', dtype);
  for (const name of ["forward", "backward"] as const) {
    if (typeof layer[name] !== "function") refuse(`${path}.${name}`, "a function", layer[name]);
  }
  const arrays = {
    "params.gamma.value.data": params?.gamma?.value?.data,
    "params.gamma.grad.data": params?.gamma?.grad?.data,
    "params.beta.value.data": params?.beta?.value?.data,
    "params.beta.grad.data": params?.beta?.grad?.data,
    "state.popMean.data": state?.popMean?.data,
    "state.popVar.data": state?.popVar?.data,
  };
  for (const [name, data] of Object.entries(arrays)) {
    if (data?.length === inWidth) continue;
    refuse(`${path}.${name}`, `an array of ${inWidth} numbers`, data && `${data.length} of them`);
  }
}

function refuse(path: string, expected: string, got: unknown): never {
  throw new Error(`${path} must be ${expected}, got ${typeof got === "string" ? `"${got}"` : String(got)}`);
}
