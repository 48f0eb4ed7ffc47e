import type { Parameters } from "@handgrad/layers";
import { kernels } from "@handgrad/tensor";
import { requireNotNegative, requirePositive } from "../require.js";
import { type OptimizerOptions, ParameterOptimizer, type Update } from "./parameter-optimizer.js";

export interface AdagradOptions extends OptimizerOptions {
  /** Default 0.01. */
  readonly learningRate?: number;
  /** Default 0. */
  readonly weightDecay?: number;
  /** Step t has the learning rate learningRate/(1 + (t − 1)·learningRateDecay); default 0. */
  readonly learningRateDecay?: number;
  /** The sum of squares before the first step; default 0. */
  readonly initialSum?: number;
  /** Added to the root; default 1e-10. */
  readonly epsilon?: number;
}

/**
 * Adagrad (Duchi, Hazan & Singer 2011): g = grad + weightDecay·value, s = s + g²,
 * value −= learningRate/(1 + (t − 1)·learningRateDecay)·g/(√s + epsilon) at step t = 1, 2, …
 *
 * As PyTorch's `torch.optim.Adagrad`.
 */
export class Adagrad extends ParameterOptimizer<"sum"> {
  readonly learningRateDecay: number;
  readonly epsilon: number;

  /** @throws RangeError for an option out of its range. */
  constructor(
    parameters: Parameters,
    {
      learningRate = 1e-2,
      learningRateDecay = 0,
      initialSum = 0,
      epsilon = 1e-10,
      ...options
    }: AdagradOptions = {},
  ) {
    requireNotNegative("Adagrad: initialSum", initialSum);
    super("Adagrad", parameters, learningRate, options, { sum: initialSum });
    requireNotNegative("Adagrad: learningRateDecay", learningRateDecay);
    requirePositive("Adagrad: epsilon", epsilon);
    this.learningRateDecay = learningRateDecay;
    this.epsilon = epsilon;
  }

  protected update({ value, grad, kept, learningRate, weightDecay }: Update<"sum">): void {
    const rate = learningRate / (1 + (this.steps - 1) * this.learningRateDecay);
    kernels().adagrad(value, grad, kept.sum, rate, weightDecay, this.epsilon);
  }
}
