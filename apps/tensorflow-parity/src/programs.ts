import { BatchNorm, batchNormBackwardStaged } from "@handgrad/layers";
import { add, div, mul, ShapeError, sqrt } from "@handgrad/tensor";
import { type Answer, type Mode, type OneNeuron, type Precision, toPlain } from "./experiment.js";
import type { Recorded } from "./recorded.js";
import { tensorFlowJsGradients } from "./tensorflow-js.js";
import { rowsOf, vectorOf } from "./tensors.js";

export type ProgramId = "staged" | "repaired" | "tensorflow" | "tensorflowJs" | "handgrad";

/** Something that computes the gradients of {@link OneNeuron}. */
export interface Program {
  readonly id: ProgramId;
  /** Head of its column, in two lines. */
  readonly title: readonly [string, string];
  /** Whether it takes part: TensorFlow.js has no float64. */
  takes(mode: Mode, precision: Precision): boolean;
  gradients(input: OneNeuron): Answer;
}

const always = () => true;

/**
 * The staged code as people have it: one backward pass for both modes. In testing it is fed the running pair, and
 * goes back through mean and variance although they are constants.
 */
function asAsked({ x, dy, mode, precision, gamma, popMean, popVar, epsilon }: OneNeuron): Answer {
  const runningPair = { mean: vectorOf(popMean, precision), variance: vectorOf(popVar, precision) };
  return toPlain(
    batchNormBackwardStaged(
      rowsOf(dy, precision),
      rowsOf(x, precision),
      vectorOf(gamma, precision),
      epsilon,
      mode === "test" ? runningPair : undefined,
    ),
  );
}

/** The same code with the repair: in testing dx = dy·γ/√(pop_var + ε). dγ and dβ were right. */
function repaired(input: OneNeuron): Answer {
  const answer = asAsked(input);
  if (input.mode === "train") return answer;
  const { dy, precision, gamma, popVar, epsilon } = input;
  const scale = div(vectorOf(gamma, precision), sqrt(add(vectorOf(popVar, precision), epsilon)));
  return { ...answer, dx: [...mul(rowsOf(dy, precision), scale).data] };
}

/** This project's layer, through the interface that a network uses. */
function handgrad(input: OneNeuron): Answer {
  const { x, dy, mode, precision, gamma, beta, popMean, popVar, epsilon } = input;
  const layer = new BatchNorm(1, { epsilon, dtype: precision });
  const { params, state } = layer;
  params.gamma.value.data[0] = gamma;
  params.beta.value.data[0] = beta;
  state.popMean.data[0] = popMean;
  state.popVar.data[0] = popVar;
  try {
    layer.forward(rowsOf(x, precision), mode === "train" ? "train" : "eval");
  } catch (error) {
    if (error instanceof ShapeError) return { refused: error.message };
    throw error;
  }
  const dx = layer.backward(rowsOf(dy, precision));
  return toPlain({ dx, dGamma: params.gamma.grad, dBeta: params.beta.grad });
}

/** The columns of the comparison, from the code in question to this project. */
export const programs = (recorded: Recorded): readonly Program[] => [
  { id: "staged", title: ["staged code", "as asked"], takes: always, gradients: asAsked },
  // In training there is nothing to repair: the column would repeat the one before it.
  {
    id: "repaired",
    title: ["staged code", "repaired"],
    takes: (mode) => mode === "test",
    gradients: repaired,
  },
  {
    id: "tensorflow",
    title: ["TensorFlow", recorded.version],
    takes: always,
    gradients: ({ n, mode, precision }) => recorded.find(n, mode, precision).gradients,
  },
  {
    id: "tensorflowJs",
    title: ["TensorFlow.js", "live"],
    takes: (_, precision) => precision === "float32",
    gradients: tensorFlowJsGradients,
  },
  { id: "handgrad", title: ["this project", "handgrad"], takes: always, gradients: handgrad },
];
