import type { Parameters } from "@handgrad/layers";
import type { FloatDType } from "@handgrad/tensor";
import { type Optimizer, SGD, type SGDOptions } from "@handgrad/training";
import {
  type Actual,
  awaitExport,
  type Json,
  NotApplicable,
  type Numbers,
  type Replayer,
  toVector,
} from "./case.js";

type Options = Readonly<Record<string, Json>>;

/** Compiles only while SGD has no such option: once it has, cases that wait for it are to be replayed. */
type Missing<Name extends string> = Name extends keyof SGDOptions ? never : "yet";
export const noWeightDecay: Missing<"weightDecay"> = "yet";
const noNesterov: Missing<"nesterov"> = "yet";

const waiting: Readonly<Record<string, string>> = { adam: "Adam", rmsprop: "RMSprop", adagrad: "Adagrad" };

/** The optimiser that a case describes. @throws NotApplicable where there is none. */
export function optimizerOf(parameters: Parameters, options: Options): Optimizer {
  const { kind, lr, momentum = 0, nesterov, weight_decay, ...rest } = options as Record<string, never>;
  if (kind !== "sgd") {
    const name = waiting[kind];
    if (!name) throw new Error(`unknown optimiser ${kind}`);
    awaitExport(name, name);
  }
  if (weight_decay) throw new NotApplicable(`SGD has no weight decay ${noWeightDecay}`);
  if (nesterov) throw new NotApplicable(`SGD has no Nesterov momentum ${noNesterov}`);
  const unknown = Object.keys(rest).filter((key) => key !== "weight_decay_mode");
  if (unknown.length > 0) throw new Error(`unknown options of SGD: ${unknown.join(", ")}`);
  return new SGD(parameters, { learningRate: lr, momentum });
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
