import { existsSync, readFileSync } from "node:fs";
import type { Mode, OneNeuron, OneNeuronGradients, Precision } from "./experiment.js";

/** What `packages/layers/fixtures/tensorflow-one-neuron.py` writes, as far as it is used here. */
interface Fixture {
  readonly versions: Readonly<Record<string, string>>;
  readonly command: string;
  readonly epsilon: number;
  readonly cases: readonly (Readonly<Record<VectorName, readonly number[]>> & {
    readonly n: number;
    readonly mode: Mode;
    readonly dtype: Precision;
  })[];
}
type VectorName = "x" | "dy" | "gamma" | "beta" | "popMean" | "popVar" | "dx" | "dGamma" | "dBeta";

export interface RecordedCase {
  readonly input: OneNeuron;
  readonly gradients: OneNeuronGradients;
}

/** Gradients that TensorFlow itself computed, with the inputs that it computed them from. */
export interface Recorded {
  /** Such as `"2.21.0"`. */
  readonly version: string;
  readonly epsilon: number;
  /** The case of so many rows. */
  find(n: number, mode: Mode, precision: Precision): RecordedCase;
}

/** From `src/` and from `dist/` alike. */
const file = new URL("../../../packages/layers/fixtures/tensorflow-one-neuron.json", import.meta.url);

/** @throws Error where the file is missing or lacks a case. */
export function readRecorded(): Recorded {
  if (!existsSync(file)) throw new Error(`TensorFlow's recorded gradients are missing: ${file.href}`);
  const { versions, epsilon, cases }: Fixture = JSON.parse(readFileSync(file, "utf8"));
  return {
    version: versions["tensorflow-cpu"],
    epsilon,
    find(n, mode, precision) {
      const found = cases.find((one) => one.n === n && one.mode === mode && one.dtype === precision);
      if (!found)
        throw new Error(`TensorFlow's gradients of ${n} rows, ${mode}, ${precision} are not recorded`);
      const { x, dy, gamma, beta, popMean, popVar, dx, dGamma, dBeta } = found;
      return {
        input: {
          n,
          mode,
          precision,
          x,
          dy,
          gamma: gamma[0],
          beta: beta[0],
          popMean: popMean[0],
          popVar: popVar[0],
          epsilon,
        },
        gradients: { dx, dGamma: dGamma[0], dBeta: dBeta[0] },
      };
    },
  };
}
