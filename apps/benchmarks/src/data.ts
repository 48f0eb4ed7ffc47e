import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadMnist } from "@handgrad/datasets/mnist";
import { heNormal } from "@handgrad/layers";
import { gatherRows, permutation, Random, uniform } from "@handgrad/tensor";

const SEED = 1;
const CLASSES = 10;

export interface DataFiles {
  readonly folder: string;
  /** Real digits, of whose pixels four of five are 0, or numbers in [−1, 1), none of them 0. */
  inputs(kind: "digits" | "random", width: number): string;
  labels(kind: "digits" | "random"): string;
  /** First weights; `trained` has biases and batch norms as training leaves them. */
  parameters(widths: readonly number[], trained?: boolean): string;
  /** Numbers in [−1, 1). */
  matrix(length: number, seed: number): string;
  /** Pixels [rows, 784] of digits. */
  pixels(rows: number): string;
}

/** The numbers that all contenders get, in files of a new folder, each written when it is first asked for. */
export function createDataFiles(rows: number): DataFiles {
  const folder = mkdtempSync(join(tmpdir(), "handgrad-benchmarks-"));
  const written = new Map<string, string>();
  const file = (name: string, values: () => Float32Array | Int32Array): string => {
    const known = written.get(name);
    if (known !== undefined) return known;
    const path = join(folder, `${name}.bin`);
    const { buffer, byteOffset, byteLength } = values();
    writeFileSync(path, new Uint8Array(buffer, byteOffset, byteLength));
    written.set(name, path);
    return path;
  };
  const evenly = (length: number, seed: number) =>
    uniform([length], new Random(seed)).data.map((value) => 2 * value - 1);

  let drawn: { readonly inputs: Float32Array; readonly labels: Int32Array } | undefined;
  const digits = () => {
    if (drawn) return drawn;
    const all = loadMnist();
    const pick = permutation(all.labels.data.length, new Random(SEED)).data.subarray(0, rows);
    drawn = {
      inputs: gatherRows(all.inputs, pick).data,
      labels: Int32Array.from(gatherRows(all.labels, pick).data),
    };
    return drawn;
  };

  return {
    folder,
    inputs: (kind, width) =>
      kind === "digits"
        ? file("digits", () => digits().inputs)
        : // Wide models are only measured on a few rows.
          file(`random-${width}`, () => evenly((width === 784 ? rows : 512) * width, SEED)),
    labels: (kind) =>
      file(`labels-${kind}`, () => {
        if (kind === "digits") return digits().labels;
        const rng = new Random(SEED + 1);
        return Int32Array.from({ length: rows }, () => Math.floor(CLASSES * rng.uniform()));
      }),
    parameters: (widths, trained = false) =>
      file(`${trained ? "trained" : "first"}-${widths.join("-")}`, () => parametersOf(widths, trained)),
    matrix: (length, seed) => file(`matrix-${length}-${seed}`, () => evenly(length, seed)),
    pixels: (count) => file(`pixels-${count}`, () => digits().inputs.slice(0, count * 784)),
  };
}

/** By layer: weight [in, out], bias, and but for the last γ, β, running mean and variance. */
function parametersOf(widths: readonly number[], trained: boolean): Float32Array {
  const rng = new Random(SEED);
  const row = (length: number, first: number) =>
    Array.from({ length }, () => (trained ? first + 0.2 * (rng.uniform() - 0.5) : first));
  return Float32Array.from(
    widths
      .slice(1)
      .flatMap((out, i) => [
        ...heNormal([widths[i], out], rng, "float32").data,
        ...row(out, 0),
        ...(i < widths.length - 2 ? [1, 0, 0, 1].flatMap((first) => row(out, first)) : []),
      ]),
  );
}
