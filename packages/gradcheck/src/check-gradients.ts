import { checkLeaf, type Leaf } from "./check-leaf.js";
import { expectTolerance, type Tolerance } from "./compare.js";
import { type GradientCheck, type ModeCheck, summarize, summarizeMode } from "./gradient-check.js";
import { formatIndex } from "./indices.js";
import {
  expectTensor,
  type Float64Tensor,
  type LayerLike,
  type Mode,
  type ParameterLike,
  type TensorLike,
} from "./layer-like.js";
import { randomWeights } from "./random.js";
import { type Snapshot, takeSnapshot } from "./snapshot.js";

export interface GradientCheckOptions {
  /** x, in float64. */
  readonly input: TensorLike;
  /** Default: both. */
  readonly modes?: readonly Mode[];
  /** Chooses the upstream gradient. Default 1. */
  readonly seed?: number;
  /** Default: {@link GRADIENT_TOLERANCE}, number by number. */
  readonly tolerance?: Partial<Tolerance>;
}

/**
 * An element passes if |analytic − numeric| ≤ atol + rtol·|numeric| + explained.
 *
 * Of a well-scaled function the numeric derivative is right to about 1e-10 of its size: rtol leaves it three
 * digits and still finds an error of 1e-6. What is harder to measure states its own uncertainty as `explained`.
 * That covers the rounding in a backward pass too, for it contains ε·|L|/h, and h is a small part of the length
 * on which L varies. So atol can be tiny.
 *
 * Not covered is a backward pass that cancels digits which its forward keeps: batch norm's does so in training
 * on two rows that differ by less than 1e-5 of their size. Centre such an input, or widen rtol.
 */
export const GRADIENT_TOLERANCE: Tolerance = { atol: 1e-12, rtol: 1e-7 };

/**
 * Compares a hand-written backward pass with the numeric derivative of the forward pass: dx and the gradient of
 * every parameter, element by element, in each mode.
 *
 * What is differentiated is L = Σ dy·y with a random upstream gradient dy. The numeric derivative finds its own
 * step and states its own error; {@link GRADIENT_TOLERANCE} says what passes. Elements at which L has a kink
 * (ReLU at 0) are left out and counted. A mode fails in which they are more than 5 %, or all of one tensor.
 *
 * Every forward starts from the state found at the call; afterwards values, gradients and state are as they were,
 * bit for bit. Give the state telling numbers before: running statistics of 0 and 1 hide most mistakes in eval.
 *
 * @throws Error on wrong use: a tensor missing, not float64, not finite or of the wrong shape; a forward that
 * gives different outputs from the same state; no mode.
 */
export function checkGradients(layer: LayerLike, options: GradientCheckOptions): GradientCheck {
  const { input, modes = ["train", "eval"], seed = 1 } = options;
  const tolerance = { ...GRADIENT_TOLERANCE, ...options.tolerance };
  expectTolerance("checkGradients", tolerance);
  if (modes.length === 0) {
    throw new Error('checkGradients: modes must name "train", "eval" or both, got none');
  }
  expectTensor("input", input);

  const parameters = parametersOf(layer);
  const state = takeSnapshot(() => layer.state ?? {}, Object.keys(layer.state ?? {}));
  const trained = parameters.map(({ source }) => takeSnapshot(() => source, ["value", "grad"]));
  try {
    const subject = { layer, input, parameters, state };
    return summarize(modes.map((mode) => checkMode(subject, mode, seed, tolerance)));
  } finally {
    for (const snapshot of [state, ...trained]) snapshot.restore();
  }
}

interface Parameter {
  readonly name: string;
  readonly source: ParameterLike;
  readonly value: Float64Tensor;
}

interface Subject {
  readonly layer: LayerLike;
  readonly input: Float64Tensor;
  readonly parameters: readonly Parameter[];
  readonly state: Snapshot;
}

function parametersOf(layer: LayerLike): Parameter[] {
  return Object.entries(layer.params ?? {}).flatMap(([name, source]) => {
    if (source === undefined) return [];
    const { value } = source;
    expectTensor(`params.${name}.value`, value);
    return [{ name, source, value }];
  });
}

/** The tensor is read anew each time: backward may have put another in its place. */
function gradOf({ name, source, value }: Parameter, when: string): Float64Array {
  const { grad } = source;
  expectTensor(`params.${name}.grad ${when}`, grad, value.shape);
  return grad.data;
}

function checkMode(
  { layer, input, parameters, state }: Subject,
  mode: Mode,
  seed: number,
  tolerance: Tolerance,
): ModeCheck {
  const x = input.data.slice();
  const forward = () => {
    state.restore();
    // A copy each time: forward may keep its input for backward.
    return layer.forward({ ...input, data: x.slice() }, mode);
  };

  const first = forward();
  expectTensor(`the output of forward in ${mode}`, first);
  const base = first.data.slice();
  const changedState = state.changed();
  const y = forward();
  expectRepeated(mode, base, y);

  for (const parameter of parameters) gradOf(parameter, `before backward in ${mode}`).fill(0);
  const dy = randomWeights(seed, base.length);
  const dx = layer.backward({ ...y, data: dy.slice() });
  expectTensor(`the dx of backward in ${mode}`, dx, input.shape);
  const leaves: Leaf[] = [
    { name: "dx", shape: input.shape, values: x, analytic: dx.data.slice() },
    ...parameters.map((parameter) => ({
      name: parameter.name,
      shape: parameter.value.shape,
      values: parameter.value.data,
      analytic: gradOf(parameter, `after backward in ${mode}`).slice(),
    })),
  ];

  // The shape was checked above; a perturbed output need not be finite.
  const output = () => (forward() as Float64Tensor).data.slice();
  const tensors = leaves.map((leaf) => checkLeaf(leaf, { mode, dy, base, output }, tolerance));
  return summarizeMode(mode, tensors, changedState);
}

function expectRepeated(mode: Mode, first: Float64Array, { shape, data }: TensorLike): void {
  const position = first.findIndex((value, i) => !Object.is(value, data[i]));
  if (position < 0) return;
  throw new Error(
    `checkGradients: forward in ${mode} must give the same output from the same state, ` +
      `got ${first[position]} and then ${data[position]} at ${formatIndex(position, shape)}; ` +
      "what it remembers or draws between calls belongs in `state`",
  );
}
