import type { Parameters } from "@handgrad/layers";
import { kernels } from "@handgrad/tensor";
import { requireShare } from "../require.js";
import { type OptimizerOptions, ParameterOptimizer, type Update } from "./parameter-optimizer.js";

export interface SGDOptions extends OptimizerOptions {
  /** Default 0.001. */
  readonly learningRate?: number;
  /** Default 0. */
  readonly weightDecay?: number;
  /** Weight of the past gradients, in [0, 1); default 0. */
  readonly momentum?: number;
  /** Look one step of momentum ahead; default false. */
  readonly nesterov?: boolean;
}

/**
 * Stochastic gradient descent: g = grad + weightDecay·value, v = momentum·v + g, value −= learningRate·v, with v = 0 at
 * first. With `nesterov`, value −= learningRate·(g + momentum·v). Without momentum, value −= learningRate·g.
 *
 * As PyTorch's `torch.optim.SGD` with dampening 0.
 */
export class SGD extends ParameterOptimizer<"velocity"> {
  readonly momentum: number;
  readonly nesterov: boolean;

  /** @throws RangeError for an option out of its range. */
  constructor(
    parameters: Parameters,
    { learningRate = 1e-3, momentum = 0, nesterov = false, ...options }: SGDOptions = {},
  ) {
    super("SGD", parameters, learningRate, options, momentum === 0 ? {} : { velocity: 0 });
    requireShare("SGD: momentum", momentum);
    if (nesterov && momentum === 0) throw new RangeError("SGD: nesterov needs a momentum above 0, got 0");
    this.momentum = momentum;
    this.nesterov = nesterov;
  }

  protected update({ value, grad, kept, learningRate, weightDecay }: Update<"velocity">): void {
    const { momentum, nesterov } = this;
    if (momentum === 0) kernels().sgd(value, grad, learningRate, weightDecay);
    else kernels().sgdMomentum(value, grad, kept.velocity, learningRate, weightDecay, momentum, nesterov);
  }
}
