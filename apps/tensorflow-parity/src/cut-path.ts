import type { OneNeuron } from "./experiment.js";
import { stagesOf } from "./stages.js";

/** The gradient that reaches μ by way of the variance, which TensorFlow's `stop_gradient` cuts. */
export interface CutPath {
  readonly n: number;
  /** −Σ dc₂ */
  readonly gradient: number;
  /** Σ |dc₂|: what the sum is made of. */
  readonly terms: number;
}

/** dc₂ = 2·c·dσ²/N by row, and Σ c = 0: the path carries nothing but rounding. */
export function measureCutPath(input: OneNeuron): CutPath {
  const bySquare = stagesOf(input).find(({ name }) => name === "dCentredBySquare");
  const dc2 = [...(bySquare?.value.data ?? [])];
  return {
    n: input.n,
    gradient: -dc2.reduce((sum, value) => sum + value, 0),
    terms: dc2.reduce((sum, value) => sum + Math.abs(value), 0),
  };
}
