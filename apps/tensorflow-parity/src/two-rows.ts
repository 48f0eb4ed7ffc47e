import { normal, Random } from "@handgrad/tensor";
import { isRefusal, type OneNeuron } from "./experiment.js";
import type { Program, ProgramId } from "./programs.js";

const EPSILON = 1e-7;
const DRAWS = 200;
const SEED = 1;
/** Standard deviations that x is drawn with. */
const DEVIATIONS = [0.1, 1, 10] as const;

export interface TwoRowsLine {
  readonly deviation: number;
  /** Median of the exact |dx|. */
  readonly size: number;
  /** Median of |dx − exact| / |exact|, by program. */
  readonly relativeErrors: Readonly<Partial<Record<ProgramId, number>>>;
}
export interface TwoRows {
  readonly draws: number;
  readonly epsilon: number;
  readonly lines: readonly TwoRowsLine[];
}

/** dx₁ = −dx₂ = γ·ε·r³·(dy₁ − dy₂)/2: what the training formula comes to for two rows, without its cancellation. */
export function dxOfTwoRows({ x, dy, gamma, epsilon }: OneNeuron): number {
  const variance = ((x[0] - x[1]) / 2) ** 2;
  return (gamma * epsilon * (variance + epsilon) ** -1.5 * (dy[0] - dy[1])) / 2;
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
};

/** How far from the truth programs are that all compute in float32, two rows in training. */
export function measureTwoRows(programs: readonly Program[]): TwoRows {
  const lines = DEVIATIONS.map((deviation): TwoRowsLine => {
    const rng = new Random(SEED);
    const inputs = Array.from({ length: DRAWS }, (): OneNeuron => {
      const x = [...normal([2], rng, { deviation }).data];
      const dy = [...normal([2], rng).data];
      const layer = { gamma: 1, beta: 0, popMean: 0, popVar: 1, epsilon: EPSILON };
      return { n: 2, mode: "train", precision: "float32", x, dy, ...layer };
    });
    const exact = inputs.map(dxOfTwoRows);
    const errors = programs.map(({ id, gradients }) => {
      const relative = inputs.map((input, i) => {
        const answer = gradients(input);
        return isRefusal(answer) ? Number.NaN : Math.abs((answer.dx[0] - exact[i]) / exact[i]);
      });
      return [id, median(relative)] as const;
    });
    return {
      deviation,
      size: median(exact.map(Math.abs)),
      relativeErrors: Object.fromEntries(errors),
    };
  });
  return { draws: DRAWS, epsilon: EPSILON, lines };
}
