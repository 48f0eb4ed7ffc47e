import type { Parameters } from "@handgrad/layers";
import { kernels } from "@handgrad/tensor";
import { requirePositive, requireShare } from "../require.js";
import { type OptimizerOptions, ParameterOptimizer, type Update } from "./parameter-optimizer.js";

export interface RMSpropOptions extends OptimizerOptions {
  /** Default 0.01. */
  readonly learningRate?: number;
  /** Default 0. */
  readonly weightDecay?: number;
  /** Weight of the past squares, in [0, 1); default 0.99. PyTorch's `alpha`, Keras' `rho`. */
  readonly decay?: number;
  /** Added to the root; default 1e-8. */
  readonly epsilon?: number;
  /** Weight of the past steps, in [0, 1); default 0. */
  readonly momentum?: number;
  /** Divide by the deviation of the gradients instead of their root mean square; default false. */
  readonly centered?: boolean;
}

/**
 * RMSprop (Hinton 2012): g = grad + weightDecay·value, s = decay·s + (1 − decay)·g²,
 * value −= learningRate·g/(√s + epsilon).
 * With momentum, b = momentum·b + g/(√s + epsilon) and value −= learningRate·b.
 * Centered, the mean of the gradients (averaged like s), squared, is taken off s under the root.
 *
 * As PyTorch's `torch.optim.RMSprop`. Keras has epsilon under the root.
 */
export class RMSprop extends ParameterOptimizer<"squares" | "means" | "velocity"> {
  readonly decay: number;
  readonly epsilon: number;
  readonly momentum: number;
  readonly centered: boolean;

  /** @throws RangeError for an option out of its range. */
  constructor(
    parameters: Parameters,
    {
      learningRate = 1e-2,
      decay = 0.99,
      epsilon = 1e-8,
      momentum = 0,
      centered = false,
      ...options
    }: RMSpropOptions = {},
  ) {
    super("RMSprop", parameters, learningRate, options, {
      squares: 0,
      ...(centered && { means: 0 }),
      ...(momentum !== 0 && { velocity: 0 }),
    });
    requireShare("RMSprop: decay", decay);
    requirePositive("RMSprop: epsilon", epsilon);
    requireShare("RMSprop: momentum", momentum);
    this.decay = decay;
    this.epsilon = epsilon;
    this.momentum = momentum;
    this.centered = centered;
  }

  protected update({
    value,
    grad,
    kept,
    learningRate,
    weightDecay,
  }: Update<"squares" | "means" | "velocity">): void {
    const { squares, means, velocity } = kept;
    const { decay, momentum, epsilon } = this;
    kernels().rmsprop(
      value,
      grad,
      squares,
      this.centered ? means : undefined,
      momentum === 0 ? undefined : velocity,
      learningRate,
      weightDecay,
      decay,
      momentum,
      epsilon,
    );
  }
}
