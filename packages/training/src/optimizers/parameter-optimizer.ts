import type { Parameter, Parameters } from "@handgrad/layers";
import {
  type AnyTensor,
  clone,
  type FloatData,
  type FloatDType,
  formatShape,
  fromData,
  full,
  kernels,
  resident,
  type Shape,
  sameShape,
  type Tensor,
} from "@handgrad/tensor";
import { requireNotNegative, requirePositive } from "../require.js";
import type { Optimizer } from "./optimizer.js";
import { finds, type ParameterGroup, requireFinds } from "./parameter-groups.js";

/** What every optimiser has. */
export interface OptimizerOptions {
  readonly learningRate?: number;
  /** Strength of the pull towards 0. */
  readonly weightDecay?: number;
  /** Other settings for some parameters; the first group that has a parameter's path counts. */
  readonly groups?: readonly ParameterGroup[];
}

type Values = Tensor<Shape, FloatDType>;

/** What an update sees of one parameter. */
export interface Update<Kept extends string> {
  readonly value: FloatData;
  readonly grad: FloatData;
  readonly kept: Readonly<Record<Kept, FloatData>>;
  readonly learningRate: number;
  readonly weightDecay: number;
}

interface Entry<Kept extends string> {
  readonly path: string;
  readonly parameter: Parameter;
  readonly kept: Readonly<Record<Kept, Values>>;
  readonly learningRateFactor: number;
  readonly weightDecay: number;
}

/**
 * What the optimisers share: groups, the learning rate, and one tensor of the parameter's own shape and dtype for each
 * name in `Kept`. A subclass is its formula for one parameter.
 */
export abstract class ParameterOptimizer<Kept extends string> implements Optimizer {
  readonly parameters: Parameters;
  readonly #name: string;
  readonly #entries: readonly Entry<Kept>[];
  #learningRate: number;
  #steps = 0;

  protected constructor(
    name: string,
    parameters: Parameters,
    learningRate: number,
    { weightDecay = 0, groups = [] }: Omit<OptimizerOptions, "learningRate">,
    /** First value of each. */
    kept: Readonly<Partial<Record<Kept, number>>>,
  ) {
    requirePositive(`${name}: learningRate`, learningRate);
    requireNotNegative(`${name}: weightDecay`, weightDecay);
    const paths = Object.keys(parameters);
    for (const path of paths) {
      if (parameters[path]?.value && parameters[path].grad) continue;
      throw new TypeError(`${name}: parameter "${path}" must be { value, grad }: give it model.parameters()`);
    }
    for (const [index, group] of groups.entries()) {
      requireNotNegative(`${name}: weightDecay of group ${index}`, group.weightDecay ?? 0);
      requireNotNegative(`${name}: learningRateFactor of group ${index}`, group.learningRateFactor ?? 1);
      requireFinds(`${name}: paths of group ${index}`, group, paths);
    }
    this.#name = name;
    this.#learningRate = learningRate;
    this.parameters = parameters;
    this.#entries = Object.entries(parameters).map(([path, parameter]) => {
      const group = groups.find((candidate) => finds(candidate, path));
      return {
        path,
        parameter,
        kept: mapValues(kept as Readonly<Record<Kept, number>>, (first) =>
          resident(full(parameter.value.shape, first, parameter.value.dtype) as Values),
        ),
        learningRateFactor: group?.learningRateFactor ?? 1,
        weightDecay: group?.weightDecay ?? weightDecay,
      };
    });
  }

  /** Steps done so far. */
  get steps(): number {
    return this.#steps;
  }

  get learningRate(): number {
    return this.#learningRate;
  }

  /** @throws RangeError for what is neither 0 nor a positive number. A schedule may end at 0. */
  set learningRate(learningRate: number) {
    requireNotNegative(`${this.#name}: learningRate`, learningRate);
    this.#learningRate = learningRate;
  }

  zeroGrad(): void {
    for (const { parameter } of this.#entries) kernels().clear(parameter.grad.data);
  }

  step(): void {
    this.#steps++;
    for (const { parameter, kept, learningRateFactor, weightDecay } of this.#entries) {
      this.update({
        value: parameter.value.data,
        grad: parameter.grad.data,
        kept: mapValues(kept, ({ data }) => data),
        learningRate: this.#learningRate * learningRateFactor,
        weightDecay,
      });
    }
  }

  /** One step of one parameter; `steps` counts it already. */
  protected abstract update(update: Update<Kept>): void;

  stateDict(): Readonly<Record<string, AnyTensor>> {
    return Object.fromEntries([
      ["steps", fromData(Float64Array.of(this.#steps), [])],
      ["learning_rate", fromData(Float64Array.of(this.#learningRate), [])],
      ...this.#keptTensors().map(([path, tensor]) => [path, clone(tensor)]),
    ]);
  }

  loadStateDict(saved: Readonly<Record<string, AnyTensor>>): void {
    const kept = this.#keptTensors();
    const scalar = fromData(new Float64Array(1), []);
    const wanted = new Map<string, AnyTensor>([["steps", scalar], ["learning_rate", scalar], ...kept]);
    const problems = Object.keys(saved)
      .filter((path) => !wanted.has(path))
      .map((path) => `"${path}" is extra`);
    for (const [path, own] of wanted) {
      const entry = Object.hasOwn(saved, path) ? saved[path] : undefined;
      if (entry === undefined) problems.push(`"${path}" is missing`);
      // What JSON made of a typed array, say, would be no error below, and change nothing.
      else if (!Array.isArray(entry.shape) || !ArrayBuffer.isView(entry.data)) {
        problems.push(`"${path}" must be a tensor, its data a typed array`);
      } else if (!sameShape(entry.shape, own.shape)) {
        problems.push(`"${path}" must be ${formatShape(own.shape)}, got ${formatShape(entry.shape)}`);
      } else if (entry.dtype !== own.dtype) {
        problems.push(`"${path}" must be ${own.dtype}, got ${entry.dtype}`);
      }
    }
    if (problems.length > 0) throw new Error(`${this.#name}.loadStateDict: ${problems.join("; ")}`);
    const steps = saved.steps.data[0];
    if (!Number.isSafeInteger(steps) || steps < 0) {
      throw new RangeError(
        `${this.#name}.loadStateDict: "steps" must be an integer of at least 0, got ${steps}`,
      );
    }
    this.learningRate = saved.learning_rate.data[0];
    this.#steps = steps;
    for (const [path, own] of kept) own.data.set(saved[path].data);
  }

  #keptTensors(): [path: string, tensor: Values][] {
    return this.#entries.flatMap(({ path, kept }) =>
      Object.entries<Values>(kept).map(([name, tensor]): [string, Values] => [`${path}.${name}`, tensor]),
    );
  }
}

function mapValues<K extends string, T, U>(
  record: Readonly<Record<K, T>>,
  transform: (value: T) => U,
): Record<K, U> {
  const entries = Object.entries<T>(record).map(([key, value]) => [key, transform(value)]);
  return Object.fromEntries(entries) as Record<K, U>;
}
