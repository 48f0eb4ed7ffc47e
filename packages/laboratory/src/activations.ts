import { type AnyLayer, GELU, LeakyReLU, ReLU, Sigmoid, Tanh } from "@handgrad/layers";

export const activations = {
  relu: () => new ReLU(),
  "leaky-relu": () => new LeakyReLU(),
  sigmoid: () => new Sigmoid(),
  tanh: () => new Tanh(),
  gelu: () => new GELU(),
} as const satisfies Readonly<Record<string, () => AnyLayer>>;

export type ActivationName = keyof typeof activations;
