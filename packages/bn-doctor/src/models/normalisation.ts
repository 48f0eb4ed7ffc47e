/** What one pass over x, row-major [rows, features], works with. Vectors have one number per feature. */
export interface PassInput {
  readonly x: ArrayLike<number>;
  readonly rows: number;
  readonly features: number;
  readonly gamma: ArrayLike<number>;
  readonly beta: ArrayLike<number>;
  readonly popMean: ArrayLike<number>;
  readonly popVar: ArrayLike<number>;
  readonly epsilon: number;
}

/** A way to normalise, right or wrong. */
export interface Normalisation {
  /** Where mean and variance v come from. */
  readonly statistics: "batch" | "running pair" | "row";
  /** Divisor of v, where it is computed from N numbers. */
  readonly divisor: "N" | "N − 1";
  /** What x − mean is divided by; "1/v" stands for a pair that holds 1/σ. */
  readonly denominator: "√(v + ε)" | "√v + ε" | "v + ε" | "√v" | "1/v";
}

/** x̂ and r of each element, both [rows, features]. */
export interface Normalised {
  readonly xHat: Float64Array;
  readonly r: Float64Array;
}

/** The right way in training. */
export const BY_BATCH: Normalisation = { statistics: "batch", divisor: "N", denominator: "√(v + ε)" };

/** The right way in eval. */
export const BY_RUNNING_PAIR: Normalisation = {
  statistics: "running pair",
  divisor: "N",
  denominator: "√(v + ε)",
};

/** x̂ = (x − mean)·r with r = 1/denominator */
export function normalise(input: PassInput, how: Normalisation): Normalised {
  const { x, rows, features } = input;
  const xHat = new Float64Array(x.length);
  const r = new Float64Array(x.length);
  const along = (indices: readonly number[], pair?: { mean: number; variance: number }) => {
    const { mean, variance } = pair ?? moments(x, indices, how.divisor);
    for (const i of indices) {
      r[i] = 1 / denominatorOf(how.denominator, variance, input.epsilon);
      xHat[i] = (x[i] - mean) * r[i];
    }
  };
  if (how.statistics === "row") {
    for (let n = 0; n < rows; n++) along(Array.from({ length: features }, (_, c) => n * features + c));
    return { xHat, r };
  }
  for (let c = 0; c < features; c++) {
    const column = Array.from({ length: rows }, (_, n) => n * features + c);
    const pair = { mean: input.popMean[c], variance: input.popVar[c] };
    along(column, how.statistics === "batch" ? undefined : pair);
  }
  return { xHat, r };
}

function moments(x: ArrayLike<number>, indices: readonly number[], divisor: Normalisation["divisor"]) {
  let mean = 0;
  for (const i of indices) mean += x[i] / indices.length;
  let variance = 0;
  for (const i of indices) variance += (x[i] - mean) ** 2;
  return { mean, variance: variance / (divisor === "N" ? indices.length : indices.length - 1) };
}

function denominatorOf(denominator: Normalisation["denominator"], v: number, epsilon: number): number {
  switch (denominator) {
    case "√(v + ε)":
      return Math.sqrt(v + epsilon);
    case "√v + ε":
      return Math.sqrt(v) + epsilon;
    case "v + ε":
      return v + epsilon;
    case "√v":
      return Math.sqrt(v);
    case "1/v":
      return 1 / v;
  }
}

/** "(x − μ)/√(σ² + ε)" */
export function describeNormalisation({ statistics, divisor, denominator }: Normalisation): string {
  const [mean, variance] = {
    batch: ["μ", "σ²"],
    "running pair": ["popMean", "popVar"],
    row: ["mean(row)", "var(row)"],
  }[statistics];
  const v = divisor === "N − 1" && statistics !== "running pair" ? `${variance}·N/(N − 1)` : variance;
  if (denominator === "1/v") return `(x − ${mean})·${v}`;
  const bottom = denominator
    .replace("√v", statistics === "batch" && divisor === "N" ? "σ" : `√${v}`)
    .replace("v", v);
  return `(x − ${mean})/${bottom.includes(" + ") && !bottom.startsWith("√(") ? `(${bottom})` : bottom}`;
}

/** "1/√(σ² + ε)" */
export function describeInverse(how: Normalisation): string {
  const text = describeNormalisation(how);
  const after = text.slice(text.indexOf(")") + 1);
  // A row's mean has brackets of its own.
  const operation = after.startsWith(")") ? after.slice(1) : after;
  return operation.startsWith("·") ? operation.slice(1) : `1${operation}`;
}
