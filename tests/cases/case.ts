import { existsSync, readFileSync } from "node:fs";
import { compareNumbers, type Tolerance } from "@handgrad/gradcheck";
import * as layers from "@handgrad/layers";
import type { AnyTensor } from "@handgrad/tensor";
import * as tensors from "@handgrad/tensor";
import { type FloatDType, fromData, type Rows, type Tensor, type Vector } from "@handgrad/tensor";
import * as training from "@handgrad/training";

/** Names the folder with `onnx.json`, `tfjs.json` and `others.json`. */
export const CASES_VARIABLE = "HANDGRAD_CASES";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Numbers = readonly number[];
export type Table = readonly Numbers[];

/** How far from the expected numbers a case allows. Parts of the result may have their own. */
export interface CaseTolerance {
  readonly atol: number;
  readonly rtol?: number;
  readonly [part: string]: Json | CaseTolerance | undefined;
}

/** One case of another project's own test suite. */
export interface Case {
  readonly id: string;
  readonly op: string;
  readonly params: Readonly<Record<string, Json>>;
  readonly inputs: Readonly<Record<string, Json>>;
  readonly expected: Readonly<Record<string, Json>>;
  readonly tolerance: CaseTolerance;
}

export type Actual = number | AnyTensor | ArrayLike<number> | { readonly [part: string]: Actual };

/**
 * Computes what a case expects, by the names of its `expected`.
 * @throws NotApplicable where this project has no such thing.
 */
export type Replayer = (replayed: Case, dtype: FloatDType) => Readonly<Record<string, Actual>>;

/** A case that this project has nothing for. The message says what. */
export class NotApplicable extends Error {}

/**
 * A public export that a case waits for: says that there is none yet. Once there is one, the cases that wait for it
 * fail until they are replayed, so that none of them is forgotten.
 */
export function awaitExport(name: string, what: string): never {
  if (findExport(name)) throw new Error(`there is a public ${name} now: replay the cases that wait for it`);
  throw new NotApplicable(`no ${what} yet`);
}

export function findExport(name: string): unknown {
  for (const module of [layers, training, tensors] as Readonly<Record<string, unknown>>[]) {
    if (module[name]) return module[name];
  }
  return undefined;
}

/** The cases of one file; the strings that stand for numbers which JSON does not have become them. */
export function readCases<T>(folder: string, file: string): readonly T[] {
  const path = `${folder}/${file}`;
  if (!existsSync(path)) throw new Error(`${CASES_VARIABLE} names a folder without ${file}: ${folder}`);
  const notFinite = new Set<unknown>(["NaN", "Infinity", "-Infinity"]);
  const { cases, count } = JSON.parse(readFileSync(path, "utf8"), (_, value: unknown) =>
    notFinite.has(value) ? Number(value) : value,
  ) as { cases: readonly T[]; count: number };
  if (cases.length !== count) throw new Error(`${path} says ${count} cases, but holds ${cases.length}`);
  return cases;
}

export function toTensor(
  data: ArrayLike<number>,
  shape: readonly number[],
  dtype: FloatDType,
): Tensor<readonly number[], FloatDType> {
  return dtype === "float64"
    ? fromData(Float64Array.from(data), shape)
    : fromData(Float32Array.from(data), shape);
}

export const toRows = (table: Json, dtype: FloatDType): Rows<number, FloatDType> => {
  const numbers = table as Table;
  return toTensor(numbers.flat(), [numbers.length, numbers[0].length], dtype) as Rows<number, FloatDType>;
};

export const toVector = (numbers: Json, dtype: FloatDType): Vector<number, FloatDType> =>
  toTensor(numbers as Numbers, [(numbers as Numbers).length], dtype) as Vector<number, FloatDType>;

/**
 * Compares what came out with what a case expects, part by part. NaN is right where NaN is expected, and null where
 * the source published nothing.
 * @throws Error that names the part which differs, or which was not computed.
 */
export function compareWithExpected(
  name: string,
  actual: Actual | undefined,
  expected: Json,
  tolerance: CaseTolerance,
): void {
  if (expected === null) return;
  if (actual === undefined) throw new Error(`${name}: nothing was computed for it`);
  if (typeof expected === "object" && !Array.isArray(expected)) {
    for (const [part, value] of Object.entries(expected)) {
      const own = tolerance[part] as CaseTolerance | undefined;
      compareWithExpected(
        `${name}.${part}`,
        (actual as Readonly<Record<string, Actual>>)[part],
        value,
        own ?? tolerance,
      );
    }
    return;
  }
  const wanted = [expected].flat(Number.POSITIVE_INFINITY as 1) as readonly (number | null)[];
  const got = Array.from(numbersOf(actual));
  const isCompared = (i: number) => wanted[i] !== null && !(Number.isNaN(wanted[i]) && Number.isNaN(got[i]));
  if (got.length !== wanted.length) {
    throw new Error(`${name}: got ${got.length} numbers, expected ${wanted.length}`);
  }
  const indices = Array.from(got.keys()).filter(isCompared);
  const { atol, rtol = 0 }: Partial<Tolerance> = tolerance;
  const comparison = compareNumbers(
    indices.map((i) => got[i]),
    indices.map((i) => wanted[i] as number),
    { atol, rtol },
  );
  if (!comparison.pass) throw new Error(`${name}: ${comparison.message}`);
}

function numbersOf(actual: Actual): ArrayLike<number> {
  if (typeof actual === "number") return [actual];
  return "data" in actual ? (actual as AnyTensor).data : (actual as ArrayLike<number>);
}
