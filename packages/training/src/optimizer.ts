import type { Parameter } from "@handgrad/layers";

/** Changes parameters by their gradients. */
export interface Optimizer {
  /** Used by the next `step`; may be changed between steps. */
  learningRate: number;
  /** Sets every gradient to 0. */
  zeroGrad(): void;
  /** Moves every parameter against its gradient. */
  step(): void;
}

export const zeroGradients = (parameters: readonly Parameter[]): void => {
  for (const { grad } of parameters) grad.data.fill(0);
};

export function requireLearningRate(what: string, learningRate: number): void {
  if (!(learningRate > 0 && learningRate < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`${what}: learningRate must be a positive number, got ${learningRate}`);
  }
}
