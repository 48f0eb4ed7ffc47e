import type { Mode, Precision } from "./implementation.js";

/** Numbers of one pass: one array for each row, or one number for each row where there is one feature. */
type Rows = readonly (readonly number[])[] | readonly number[];

/** One number for each feature; with one feature it may stand alone. */
type PerFeature = readonly number[] | number;

/**
 * What one pass of a batch norm took and gave, as JSON holds it. At least one of y, dx, dgamma, dbeta, new_pop_mean
 * and new_pop_var is there; the gradients need dy, the new running values need those before the pass.
 */
export interface BatchNormRecord {
  readonly x: Rows;
  readonly y?: Rows;
  /** The gradient that came from above. */
  readonly dy?: Rows;
  readonly dx?: Rows;
  /** Ones, where left out. */
  readonly gamma?: PerFeature;
  /** Zeros, where left out. */
  readonly beta?: PerFeature;
  readonly dgamma?: PerFeature;
  readonly dbeta?: PerFeature;
  /** The running pair as it was before the pass. */
  readonly pop_mean?: PerFeature;
  readonly pop_var?: PerFeature;
  /** The running pair after the pass. */
  readonly new_pop_mean?: PerFeature;
  readonly new_pop_var?: PerFeature;
  /** Left out, it is found where the numbers show it. */
  readonly epsilon?: number;
  /** Left out, both are tried. */
  readonly mode?: Mode;
  /**
   * In what the pass was computed. Left out, it is float32 if every number that came out is a float32 exactly, or is
   * written with at most nine digits, which is how programs print a float32; otherwise it is float64.
   */
  readonly precision?: Precision;
}

/** What a pass gives, in the order in which it is told. */
export const QUANTITIES = ["y", "dx", "dgamma", "dbeta", "new_pop_mean", "new_pop_var"] as const;
export type Quantity = (typeof QUANTITIES)[number];

/** A record whose shapes are known to agree. Matrices are row-major [rows, features], vectors [features]. */
export interface ParsedRecord {
  readonly rows: number;
  readonly features: number;
  readonly x: Float64Array;
  readonly dy: Float64Array | undefined;
  readonly gamma: Float64Array;
  readonly beta: Float64Array;
  readonly pair: { readonly mean: Float64Array; readonly variance: Float64Array } | undefined;
  /** What came out. */
  readonly outputs: Readonly<Partial<Record<Quantity, Float64Array>>>;
  readonly epsilon: number | undefined;
  readonly mode: Mode | undefined;
  readonly precision: Precision;
}

type Field = keyof BatchNormRecord;

/** Every field, with what libraries call it. Capitals and underscores do not matter: popMean is pop_mean. */
const NAMES: Readonly<Record<Field, readonly string[]>> = {
  x: ["inputs", "input"],
  y: ["outputs", "output"],
  dy: ["grad_output"],
  dx: ["grad_input"],
  gamma: ["weight", "scale"],
  beta: ["bias", "offset"],
  dgamma: ["dweight", "dscale", "weight_grad", "scale_grad"],
  dbeta: ["dbias", "doffset", "bias_grad", "offset_grad"],
  pop_mean: ["running_mean", "moving_mean", "mean"],
  pop_var: ["pop_variance", "running_var", "moving_variance", "moving_var", "variance", "var"],
  new_pop_mean: ["new_running_mean", "new_moving_mean", "new_mean"],
  new_pop_var: [
    "new_pop_variance",
    "new_running_var",
    "new_moving_variance",
    "new_moving_var",
    "new_variance",
    "new_var",
  ],
  epsilon: ["eps"],
  mode: [],
  precision: ["dtype"],
};

const FIELDS = Object.keys(NAMES) as Field[];

/**
 * Reads a record that came as JSON.
 * @throws Error that names the field, what it must be, and what it is.
 */
export function parseRecord(value: unknown): ParsedRecord {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error(`explain: a record must be an object with x and what the pass gave, got ${show(value)}`);
  }
  const fields = knownFields(value);
  const given = (field: Field) => fields.get(field)?.value;
  const nameOf = (field: Field) => fields.get(field)?.name ?? field;

  const { data: x, rows, features } = matrix(nameOf("x"), required("x", given("x")));
  const shaped = (field: "y" | "dy" | "dx") => {
    if (given(field) === undefined) return undefined;
    const seen = matrix(nameOf(field), given(field));
    if (seen.rows === rows && seen.features === features) return seen.data;
    return refuse(nameOf(field), `of x's shape, [${rows}, ${features}]`, `[${seen.rows}, ${seen.features}]`);
  };
  const perFeature = (field: Field) =>
    given(field) === undefined ? undefined : vector(nameOf(field), given(field), features);

  const mean = perFeature("pop_mean");
  const variance = perFeature("pop_var");
  if (mean === undefined && variance !== undefined) refuse("pop_mean", `given with ${nameOf("pop_var")}`);
  if (mean !== undefined && variance === undefined) refuse("pop_var", `given with ${nameOf("pop_mean")}`);
  variance?.forEach((number, c) => {
    if (number < 0) refuse(`${nameOf("pop_var")}[${c}]`, "at least 0", show(number));
  });
  const outputs: Partial<Record<Quantity, Float64Array>> = {};
  for (const name of QUANTITIES) {
    const numbers = name === "y" || name === "dx" ? shaped(name) : perFeature(name);
    if (numbers !== undefined) outputs[name] = numbers;
  }
  const dy = shaped("dy");
  for (const name of ["dx", "dgamma", "dbeta"] as const) {
    if (outputs[name] !== undefined && dy === undefined) refuse("dy", `given with ${nameOf(name)}`);
  }
  for (const name of ["new_pop_mean", "new_pop_var"] as const) {
    if (outputs[name] !== undefined && mean === undefined) {
      refuse("pop_mean", `given with ${nameOf(name)}, as it was before the pass`);
    }
  }
  if (Object.keys(outputs).length === 0) {
    throw new Error(`explain: a record must hold at least one of ${QUANTITIES.join(", ")}, got none`);
  }
  const mode = oneOf(nameOf("mode"), given("mode"), ["train", "eval"] as const);
  if (mode === "eval" && mean === undefined) refuse("pop_mean", 'given with mode "eval"');
  const epsilon = given("epsilon");
  if (epsilon !== undefined && !(finite(epsilon) && epsilon >= 0)) {
    refuse(nameOf("epsilon"), "a finite number of at least 0", show(epsilon));
  }
  return {
    rows,
    features,
    x,
    dy,
    gamma: perFeature("gamma") ?? new Float64Array(features).fill(1),
    beta: perFeature("beta") ?? new Float64Array(features),
    pair: mean === undefined || variance === undefined ? undefined : { mean, variance },
    outputs,
    epsilon: finite(epsilon) ? epsilon : undefined,
    mode,
    precision:
      oneOf(nameOf("precision"), given("precision"), ["float32", "float64"] as const) ?? precisionOf(outputs),
  };
}

function knownFields(record: object): Map<Field, { name: string; value: unknown }> {
  const plain = (name: string) => name.toLowerCase().replaceAll("_", "");
  const fields = new Map<Field, { name: string; value: unknown }>();
  for (const [name, value] of Object.entries(record)) {
    // A script that sets what it does not have to null leaves it out.
    if (value === undefined || value === null) continue;
    const field = FIELDS.find((field) =>
      [field, ...NAMES[field]].some((known) => plain(known) === plain(name)),
    );
    if (field === undefined) {
      throw new Error(`explain: a record has no field "${name}"; the closest is "${closest(name)}"`);
    }
    const twin = fields.get(field);
    if (twin !== undefined) {
      throw new Error(`explain: ${field} must be given once, got "${twin.name}" and "${name}"`);
    }
    fields.set(field, { name, value });
  }
  return fields;
}

function closest(name: string): string {
  const known = FIELDS.flatMap((field) => [field, ...NAMES[field]]);
  const distances = known.map((candidate) => editDistance(name.toLowerCase(), candidate));
  return known[distances.indexOf(Math.min(...distances))];
}

/** How many letters must be put in, taken out or replaced to make one word of another (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[to.length];
}

function required(name: string, value: unknown): unknown {
  return value === undefined ? refuse(name, "given") : value;
}

function matrix(name: string, value: unknown): { data: Float64Array; rows: number; features: number } {
  if (!Array.isArray(value) || value.length === 0) {
    return refuse(name, "an array of rows, or of one number for each row", show(value));
  }
  const nested = Array.isArray(value[0]);
  const rows = value.map((row: unknown, n): readonly unknown[] => {
    if (!nested) return [row];
    return Array.isArray(row) ? row : refuse(`${name}[${n}]`, "an array like the row before it", show(row));
  });
  const features = rows[0].length;
  if (features === 0) refuse(`${name}[0]`, "a row of at least one number", show(value[0]));
  const data = rows.flatMap((row, n) => {
    if (row.length !== features)
      refuse(`${name}[${n}]`, `${features} numbers as ${name}[0]`, `${row.length}`);
    return row.map((number, c) => numberAt(nested ? `${name}[${n}][${c}]` : `${name}[${n}]`, number));
  });
  return { data: Float64Array.from(data), rows: rows.length, features };
}

function vector(name: string, value: unknown, features: number): Float64Array {
  if (finite(value) && features === 1) return Float64Array.of(value);
  // NumPy's keepdims makes a vector a row of a matrix.
  const numbers: unknown =
    Array.isArray(value) && value.length === 1 && Array.isArray(value[0]) ? value[0] : value;
  if (!Array.isArray(numbers)) return refuse(name, `an array of ${features} numbers`, show(value));
  if (numbers.length !== features)
    refuse(name, `${features} numbers, one for each feature`, `${numbers.length}`);
  return Float64Array.from(numbers.map((number: unknown, c) => numberAt(`${name}[${c}]`, number)));
}

function numberAt(path: string, value: unknown): number {
  return finite(value) ? value : refuse(path, "a finite number", show(value));
}

const finite = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

function oneOf<Choice extends string>(
  name: string,
  value: unknown,
  choices: readonly Choice[],
): Choice | undefined {
  if (value === undefined) return undefined;
  const choice = choices.find((choice) => choice === value);
  return choice ?? refuse(name, choices.map((choice) => `"${choice}"`).join(" or "), show(value));
}

function precisionOf(outputs: Partial<Record<Quantity, Float64Array>>): Precision {
  const short = (value: number) => Math.fround(value) === value || Number(value.toPrecision(9)) === value;
  return Object.values(outputs).every((numbers) => numbers.every(short)) ? "float32" : "float64";
}

function refuse(path: string, expected: string, got?: string): never {
  throw new Error(`explain: ${path} must be ${expected}${got === undefined ? "" : `, got ${got}`}`);
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array";
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "string") return `"${value}"`;
  return String(value);
}
