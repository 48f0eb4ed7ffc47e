import { readFixture } from "testing";
import { afterAll, describe, expect, it } from "vitest";
import {
  batchNormEval,
  batchNormEvalBackward,
  batchNormTrain,
  batchNormTrainBackward,
} from "./batch-norm.js";
import type { Mode } from "./layer.js";
import { type ExactPass, exactBatchNorm } from "./test-exact-batch-norm.js";
import { checksum, type HardBatch, type HardInput, hardInputs, makeHardBatch } from "./test-hard-inputs.js";
import { tensorFlowBatchNorm } from "./test-tensorflow-js.js";

/**
 * Errors against exact arithmetic, the greatest over all elements:
 * of y in units of max(1, |y|), of dx in units of max(|γ|·r·max|dy|, |dx|). The latter is absolute where dx is the
 * small rest of terms that cancel, as on two rows: the terms have the size |γ|·r·max|dy|, and round.
 */
interface Errors {
  readonly y: number;
  readonly dx: number;
}

/** What `numerics.py` writes into `numerics.json`. */
interface Recorded {
  readonly versions: Readonly<Record<"torch" | "tensorflow", string>>;
  readonly cases: Readonly<
    Record<
      string,
      { readonly checksum: number } & Readonly<
        Record<
          Mode,
          {
            /** The last row, by Python's integers. */
            readonly truth: { readonly y: readonly number[]; readonly dx: readonly number[] };
            readonly pytorch: Errors;
            readonly tensorflow: Errors;
          }
        >
      >
    >
  >;
}

const recorded = readFixture<Recorded>(import.meta.url, "numerics.json");

/** Eight float32 roundings: what y and dx must be right to, whatever offset, scale and number of rows. */
const REQUIRED = 5e-7;

interface Outputs {
  readonly y: ArrayLike<number>;
  readonly dx: ArrayLike<number>;
}

function ours({ x, dy, gamma, beta, popMean, popVar }: HardBatch, epsilon: number, mode: Mode) {
  if (mode === "train") {
    const { y, cache } = batchNormTrain(x, gamma, beta, epsilon);
    return { y, ...batchNormTrainBackward(dy, cache) };
  }
  const { y, cache } = batchNormEval(x, gamma, beta, popMean, popVar, epsilon);
  return { y, ...batchNormEvalBackward(dy, cache) };
}

/** TensorFlow.js computes in float32 alone. */
function tensorFlowJs(batch: HardBatch, epsilon: number, mode: Mode): Outputs | undefined {
  if (batch.x.dtype !== "float32") return undefined;
  const { x, dy, gamma, beta, popMean, popVar } = batch as HardBatch<"float32">;
  const pair = mode === "eval" ? { pair: { mean: popMean, variance: popVar } } : {};
  const { y, gradients } = tensorFlowBatchNorm("tf.batchNorm", { x, dy, gamma, beta, epsilon, ...pair });
  return { y, dx: gradients[0] };
}

function errorsOf(outputs: Outputs, exact: ExactPass, { dy, gamma }: HardBatch): Errors {
  const features = gamma.data.length;
  const sizes = Float64Array.from(gamma.data, (g, j) => {
    let greatest = 0;
    for (let i = j; i < dy.data.length; i += features) greatest = Math.max(greatest, Math.abs(dy.data[i]));
    return Math.abs(g) * exact.r[j] * greatest;
  });
  let y = 0;
  let dx = 0;
  for (let i = 0; i < exact.y.length; i++) {
    y = Math.max(y, Math.abs(outputs.y[i] - exact.y[i]) / Math.max(1, Math.abs(exact.y[i])));
    dx = Math.max(
      dx,
      Math.abs(outputs.dx[i] - exact.dx[i]) / Math.max(sizes[i % features], Math.abs(exact.dx[i])),
    );
  }
  return { y, dx };
}

const engines = ["handgrad", "TF.js", "PyTorch", "TF"] as const;
type Row = Readonly<Record<(typeof engines)[number], Errors | undefined>>;
const rows: Record<Mode, [string, Row][]> = { train: [], eval: [] };

describe.each(hardInputs)("$name", (input: HardInput) => {
  const batch = makeHardBatch(input);
  const python = recorded.cases[input.name];

  it("is what the other libraries got, bit for bit", () => {
    expect(checksum(batch)).toBe(python.checksum);
  });

  // Evaluation takes each row by itself: a hundred thousand of them would only take time.
  const modes: readonly Mode[] = input.rows > 1000 ? ["train"] : ["train", "eval"];
  it.each(modes)("%s: y, dx, dγ and dβ are within 5e-7", (mode) => {
    const { x, dy, gamma, beta, popMean, popVar } = batch;
    const numbers = { x: x.data, dy: dy.data, gamma: gamma.data, beta: beta.data, epsilon: input.epsilon };
    const pair = { mean: popMean.data, variance: popVar.data };
    const exact = exactBatchNorm(mode === "eval" ? { ...numbers, pair } : numbers);

    // Two languages' exact integers: they may differ in a double rounding, half a unit in the last place.
    const same = { atol: 0, rtol: 2 ** -52 };
    expect(exact.y.slice(-input.features)).toBeAllClose(python[mode].truth.y, same);
    expect(exact.dx.slice(-input.features)).toBeAllClose(python[mode].truth.dx, same);

    const pass = ours(batch, input.epsilon, mode);
    const errors = errorsOf({ y: pass.y.data, dx: pass.dx.data }, exact, batch);
    const live = tensorFlowJs(batch, input.epsilon, mode);
    rows[mode].push([
      input.name,
      {
        handgrad: errors,
        "TF.js": live && errorsOf(live, exact, batch),
        PyTorch: python[mode].pytorch,
        TF: python[mode].tensorflow,
      },
    ]);
    expect(errors.y).toBeLessThanOrEqual(REQUIRED);
    expect(errors.dx).toBeLessThanOrEqual(REQUIRED);
    // As y: each x̂ is right to 5e-7·max(1, |x̂|), and dγ weights it by dy.
    for (let j = 0; j < input.features; j++) {
      let terms = 0;
      let weights = 0;
      for (let i = j; i < dy.data.length; i += input.features) {
        const xhat = (exact.y[i] - beta.data[j]) / gamma.data[j];
        terms += Math.abs(dy.data[i]) * Math.max(1, Math.abs(xhat));
        weights += Math.abs(dy.data[i]);
      }
      expect(Math.abs(pass.dGamma.data[j] - exact.dGamma[j])).toBeLessThanOrEqual(REQUIRED * terms);
      expect(Math.abs(pass.dBeta.data[j] - exact.dBeta[j])).toBeLessThanOrEqual(REQUIRED * weights);
    }
  });
});

// `pnpm --filter @handgrad/layers numerics` prints what the tests measured.
if (process.env.HANDGRAD_NUMERICS) {
  afterAll(() => {
    const { torch, tensorflow } = recorded.versions;
    const width = Math.max(...hardInputs.map(({ name }) => name.length));
    const shown = (error: number | undefined) => {
      if (error === undefined) return "-";
      return error !== 0 && Number.isFinite(error) ? error.toExponential(0) : String(error);
    };
    const lines = [
      "",
      "Batch norm's greatest error against exact arithmetic; float32 unless stated.",
      "y in units of max(1, |y|), dx in units of max(|γ|·r·max|dy|, |dx|). Required of handgrad: 5e-7.",
      `handgrad and TF.js (float32 only) computed now; PyTorch ${torch} and TensorFlow ${tensorflow} recorded.`,
    ];
    for (const mode of ["train", "eval"] as const) {
      for (const output of ["y", "dx"] as const) {
        const title = `${output} in ${mode === "train" ? "training" : "testing"}`;
        lines.push("", title.padEnd(width) + engines.map((engine) => engine.padStart(10)).join(""));
        for (const [name, row] of rows[mode]) {
          const cells = engines.map((engine) => shown(row[engine]?.[output]).padStart(10));
          lines.push(name.padEnd(width) + cells.join(""));
        }
      }
    }
    console.log(`${lines.join("\n")}\n`);
  });
}
