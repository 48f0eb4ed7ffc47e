import type { Parameters } from "@handgrad/layers";
import type { FloatDType } from "@handgrad/tensor";
import { Adagrad, Adam, AdamW, type Optimizer, RMSprop, SGD } from "@handgrad/training";
import { type Actual, type Json, NotApplicable, type Numbers, type Replayer, toVector } from "./case.js";

type Options = Readonly<Record<string, Json>>;

/** The names of the case files and ours. */
const names: Readonly<Record<string, string>> = {
  lr: "learningRate",
  weight_decay: "weightDecay",
  momentum: "momentum",
  nesterov: "nesterov",
  beta1: "beta1",
  beta2: "beta2",
  eps: "epsilon",
  rho: "decay",
  centered: "centered",
  h0: "initialSum",
  lr_decay: "learningRateDecay",
};

/** Formulas that are not PyTorch's, by option and value. */
function requireOurFormula(options: Options): void {
  const { kind, eps_mode, amsgrad, v0, momentum_mode, momentum, weight_decay_mode, weight_decay } = options;
  if (eps_mode === "before") throw new NotApplicable("epsilon goes to √v̂, after the bias correction");
  if (eps_mode === "inside_sqrt") throw new NotApplicable("epsilon goes to the root, not under it");
  if (amsgrad) throw new NotApplicable("Adam has no amsgrad");
  if (v0) throw new NotApplicable("RMSprop's average starts at 0");
  if (momentum && momentum_mode === "tf") throw new NotApplicable("RMSprop's momentum is PyTorch's");
  if (weight_decay && weight_decay_mode === "decoupled" && kind !== "adam") {
    throw new NotApplicable("only AdamW's weight decay is decoupled");
  }
}

const makers = { sgd: SGD, rmsprop: RMSprop, adagrad: Adagrad, adam: Adam };

/** The optimiser that a case describes. @throws NotApplicable where there is none. */
export function optimizerOf(parameters: Parameters, options: Options): Optimizer {
  requireOurFormula(options);
  const known = new Set(["kind", "eps_mode", "amsgrad", "v0", "momentum_mode", "weight_decay_mode"]);
  const entries = Object.entries(options).filter(([key]) => !known.has(key));
  const unknown = entries.filter(([key]) => !names[key]).map(([key]) => key);
  if (unknown.length > 0) throw new Error(`unknown options of ${options.kind}: ${unknown.join(", ")}`);
  const own = Object.fromEntries(entries.map(([key, value]) => [names[key], value as number & boolean]));
  if (options.kind === "adam" && options.weight_decay_mode === "decoupled") return new AdamW(parameters, own);
  const Optimiser = makers[options.kind as keyof typeof makers];
  if (!Optimiser) throw new Error(`unknown optimiser ${options.kind}`);
  return new Optimiser(parameters, own);
}

/** The gradient at step t (from 1) of x. The names are those of the case files. */
function gradientOf(grad: Options, x: ArrayLike<number>, t: number): Numbers {
  const values = Array.from(x);
  const rate = grad.rate as Numbers;
  switch (grad.type) {
    case "const":
      return grad.g as Numbers;
    case "list":
      return (grad.steps as readonly Numbers[])[t - 1];
    case "first_then":
      return (t === 1 ? grad.first : grad.rest) as Numbers;
    case "sum_square":
      return values.map((value) => 2 * value);
    case "mean_scaled":
      return rate.map((factor) => factor / values.length);
    case "mean_sq_scaled":
      return values.map((value, i) => (2 * rate[i] ** 2 * value) / values.length);
    case "mean_exp_sq":
      return values.map((value) => (2 * Math.exp(2 * value)) / values.length);
    case "mean_abs_err_to_one":
      return values.map((value) => Math.sign(value - 1) / values.length);
    default:
      throw new Error(`unknown gradient ${grad.type}`);
  }
}

const replay: Replayer = ({ params, inputs }, dtype: FloatDType) => {
  const value = toVector(inputs.x0, dtype);
  const grad = toVector(
    (inputs.x0 as Numbers).map(() => 0),
    dtype,
  );
  const optimizer = optimizerOf({ x: { value, grad } }, params);
  const parts: Record<string, Actual> = {};
  for (let t = 1; t <= (inputs.steps as number); t++) {
    grad.data.set(gradientOf(inputs.grad as Options, value.data, t));
    optimizer.step();
    parts[`x_step${t}`] = value.data.slice();
  }
  return parts;
};

export const optimizerReplayers: Readonly<Record<string, Replayer>> = { optimizer: replay };
