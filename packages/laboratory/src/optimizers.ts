import type { Parameters } from "@handgrad/layers";
import {
  Adagrad,
  Adam,
  AdamW,
  noDecayOnNormsAndBiases,
  type Optimizer,
  type OptimizerOptions,
  RMSprop,
  SGD,
} from "@handgrad/training";

interface Choice {
  /** Where the user gives none. */
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly create: (parameters: Parameters, options: OptimizerOptions) => Optimizer;
}

/** Of the steps before, with both kinds of momentum: a tenth of plain SGD's learning rate goes as far. */
const MOMENTUM = 0.9;

export const optimizers = {
  sgd: { learningRate: 0.1, weightDecay: 0, create: (parameters, options) => new SGD(parameters, options) },
  momentum: {
    learningRate: 0.01,
    weightDecay: 0,
    create: (parameters, options) => new SGD(parameters, { ...options, momentum: MOMENTUM }),
  },
  nesterov: {
    learningRate: 0.01,
    weightDecay: 0,
    create: (parameters, options) => new SGD(parameters, { ...options, momentum: MOMENTUM, nesterov: true }),
  },
  rmsprop: {
    learningRate: 0.001,
    weightDecay: 0,
    create: (parameters, options) => new RMSprop(parameters, options),
  },
  adagrad: {
    learningRate: 0.01,
    weightDecay: 0,
    create: (parameters, options) => new Adagrad(parameters, options),
  },
  adam: {
    learningRate: 0.001,
    weightDecay: 0,
    create: (parameters, options) => new Adam(parameters, options),
  },
  adamw: {
    learningRate: 0.001,
    weightDecay: 0.01,
    create: (parameters, options) => new AdamW(parameters, options),
  },
} as const satisfies Readonly<Record<string, Choice>>;

export type OptimizerName = keyof typeof optimizers;

/** The optimiser that the settings ask for. γ, β and biases do not decay. */
export function optimizerOf(
  settings: {
    readonly optimizer: OptimizerName;
    readonly learningRate: number;
    readonly weightDecay: number;
  },
  parameters: Parameters,
): Optimizer {
  const { optimizer, learningRate, weightDecay } = settings;
  return optimizers[optimizer].create(parameters, {
    learningRate,
    weightDecay,
    groups: [noDecayOnNormsAndBiases],
  });
}
