import type { FaultId } from "../catalogue.js";
import type { Mode } from "../implementation.js";
import { describeNormalisation, type Normalisation, normalise, type PassInput } from "./normalisation.js";

/** A forward pass, right or wrong. */
export interface ForwardModel {
  readonly normalisation: Normalisation;
  readonly gamma: boolean;
  readonly beta: boolean;
}

/** y = γ·x̂ + β, or what the model makes of it */
export function forwardOf({ normalisation, gamma, beta }: ForwardModel, input: PassInput): Float64Array {
  const { features } = input;
  return normalise(input, normalisation).xHat.map(
    (xHat, i) => (gamma ? input.gamma[i % features] : 1) * xHat + (beta ? input.beta[i % features] : 0),
  );
}

/** All forward passes that are told apart, the right one first. */
export function forwardModels(mode: Mode): ForwardModel[] {
  const batchWays: Normalisation[] = (["batch", "row"] as const).flatMap((statistics) =>
    (["N", "N − 1"] as const).flatMap((divisor) =>
      (["√(v + ε)", "√v + ε", "v + ε"] as const).map((denominator) => ({ statistics, divisor, denominator })),
    ),
  );
  const denominators = ["√(v + ε)", "√v + ε", "v + ε", "1/v"] as const;
  const pairWays = denominators.map(
    (denominator): Normalisation => ({ statistics: "running pair", divisor: "N", denominator }),
  );
  const ways = mode === "train" ? [...batchWays, ...pairWays] : [...pairWays, ...batchWays];
  return [true, false].flatMap((gamma) =>
    [true, false].flatMap((beta) => ways.map((normalisation) => ({ normalisation, gamma, beta }))),
  );
}

/** What is wrong with a model; nothing with the right one. */
export function forwardFaults({ normalisation, gamma, beta }: ForwardModel, mode: Mode): FaultId[] {
  const { statistics, divisor, denominator } = normalisation;
  const faults: FaultId[] = [];
  if (statistics === "row") faults.push("wrong-axis");
  if (mode === "train" && statistics === "running pair") faults.push("train-uses-pop-stats");
  if (mode === "eval" && statistics === "batch") faults.push("eval-uses-batch-stats");
  // Whatever eval takes from its batch it takes as training does.
  if (divisor === "N − 1") faults.push("unbiased-in-forward");
  if (denominator === "√v + ε") faults.push("epsilon-outside-root");
  if (denominator === "v + ε") faults.push("missing-root");
  if (denominator === "1/v") faults.push("stats-average-inverse-deviation");
  if (!gamma || !beta) faults.push("affine-ignored");
  return faults;
}

/** "y = γ·(x − μ)/√(σ² + ε) + β" */
export function describeForward({ normalisation, gamma, beta }: ForwardModel): string {
  return `y = ${gamma ? "γ·" : ""}${describeNormalisation(normalisation)}${beta ? " + β" : ""}`;
}
