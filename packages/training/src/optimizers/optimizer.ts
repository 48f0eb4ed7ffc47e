import type { Parameters } from "@handgrad/layers";
import type { AnyTensor } from "@handgrad/tensor";

/** Changes parameters by their gradients. */
export interface Optimizer {
  /** What it trains, by path. */
  readonly parameters: Parameters;
  /** Used by the next `step`; may be changed between steps. */
  learningRate: number;
  /** Sets every gradient to 0. */
  zeroGrad(): void;
  /** Moves every parameter against its gradient. */
  step(): void;
  /**
   * Copies of all that the next step depends on beside values and gradients, for a checkpoint: `"steps"`,
   * `"learning_rate"`, and what is kept for each parameter by its path, such as `"0.weight.velocity"`.
   */
  stateDict(): Readonly<Record<string, AnyTensor>>;
  /** Takes back what `stateDict` gave. @throws Error that names every missing, extra and wrongly shaped entry. */
  loadStateDict(saved: Readonly<Record<string, AnyTensor>>): void;
}
