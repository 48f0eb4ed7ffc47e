import type { Parameters } from "@handgrad/layers";
import { kernels } from "@handgrad/tensor";
import { requirePositive, requireShare } from "../require.js";
import { integerPower } from "./integer-power.js";
import { type OptimizerOptions, ParameterOptimizer, type Update } from "./parameter-optimizer.js";

export interface AdamOptions extends OptimizerOptions {
  /** Default 0.001. */
  readonly learningRate?: number;
  /** Default 0 for Adam, 0.01 for AdamW. */
  readonly weightDecay?: number;
  /** Weight of the past gradients, in [0, 1); default 0.9. */
  readonly beta1?: number;
  /** Weight of the past squares, in [0, 1); default 0.999. */
  readonly beta2?: number;
  /** Added to the root; default 1e-8. */
  readonly epsilon?: number;
}

abstract class AnyAdam extends ParameterOptimizer<"m" | "v"> {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly #decoupled: boolean;

  protected constructor(
    name: string,
    parameters: Parameters,
    { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, ...options }: AdamOptions,
    decoupled: boolean,
  ) {
    super(name, parameters, learningRate, options, { m: 0, v: 0 });
    requireShare(`${name}: beta1`, beta1);
    requireShare(`${name}: beta2`, beta2);
    requirePositive(`${name}: epsilon`, epsilon);
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.#decoupled = decoupled;
  }

  protected update({ value, grad, kept, learningRate, weightDecay }: Update<"m" | "v">): void {
    const { beta1, beta2, epsilon, steps } = this;
    const correction1 = 1 - integerPower(beta1, steps);
    const correction2 = 1 - integerPower(beta2, steps);
    kernels().adam(
      value,
      grad,
      kept.m,
      kept.v,
      learningRate,
      weightDecay,
      this.#decoupled,
      beta1,
      beta2,
      correction1,
      correction2,
      epsilon,
    );
  }
}

/**
 * Adam (Kingma & Ba 2015), at step t = 1, 2, …: g = grad + weightDecay·value,
 * m = beta1·m + (1 − beta1)·g, v = beta2·v + (1 − beta2)·g²,
 * value −= learningRate·m̂/(√v̂ + epsilon) with m̂ = m/(1 − beta1ᵗ), v̂ = v/(1 − beta2ᵗ).
 *
 * As PyTorch's `torch.optim.Adam`. Its weight decay is divided by √v̂ like any gradient: {@link AdamW} decays for real.
 */
export class Adam extends AnyAdam {
  /** @throws RangeError for an option out of its range. */
  constructor(parameters: Parameters, options: AdamOptions = {}) {
    super("Adam", parameters, options, false);
  }
}

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter 2019): value is multiplied by 1 − learningRate·weightDecay, and
 * then moved as by {@link Adam} without weight decay.
 *
 * As PyTorch's `torch.optim.AdamW`: weightDecay is 0.01 unless given.
 */
export class AdamW extends AnyAdam {
  /** @throws RangeError for an option out of its range. */
  constructor(parameters: Parameters, { weightDecay = 0.01, ...options }: AdamOptions = {}) {
    super("AdamW", parameters, { weightDecay, ...options }, true);
  }
}
