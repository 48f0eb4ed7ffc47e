import type { Parameter } from "@handgrad/layers";
import { kernels, zeros } from "@handgrad/tensor";
import { type Optimizer, requireLearningRate, zeroGradients } from "./optimizer.js";

export interface SGDOptions {
  readonly learningRate: number;
  /** Weight of the past gradients, in [0, 1); default 0. */
  readonly momentum?: number;
}

/**
 * Stochastic gradient descent: v = momentum·v + grad, value −= learningRate·v, with v = 0 at first
 * (as PyTorch's `torch.optim.SGD` with dampening 0). Without momentum, value −= learningRate·grad.
 */
export class SGD implements Optimizer {
  learningRate: number;
  readonly momentum: number;
  readonly #parameters: readonly Parameter[];
  readonly #velocities: readonly Parameter["value"][];

  /** @throws RangeError unless learningRate is positive and momentum in [0, 1). */
  constructor(parameters: Readonly<Record<string, Parameter>>, { learningRate, momentum = 0 }: SGDOptions) {
    requireLearningRate("SGD", learningRate);
    if (!(momentum >= 0 && momentum < 1)) {
      throw new RangeError(`SGD: momentum must be in [0, 1), got ${momentum}`);
    }
    this.learningRate = learningRate;
    this.momentum = momentum;
    this.#parameters = Object.values(parameters);
    this.#velocities =
      momentum === 0 ? [] : this.#parameters.map(({ value }) => zeros(value.shape, value.dtype));
  }

  zeroGrad(): void {
    zeroGradients(this.#parameters);
  }

  step(): void {
    for (const [i, { value, grad }] of this.#parameters.entries()) {
      if (this.momentum === 0) kernels().sgd(value.data, grad.data, this.learningRate);
      else
        kernels().sgdMomentum(
          value.data,
          grad.data,
          this.#velocities[i].data,
          this.learningRate,
          this.momentum,
        );
    }
  }
}
