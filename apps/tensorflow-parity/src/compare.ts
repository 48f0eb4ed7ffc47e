import { type Exact, exactGradients } from "./exact.js";
import {
  type Answer,
  isRefusal,
  type Mode,
  modes,
  type OneNeuron,
  type Precision,
  precisions,
  rowCounts,
} from "./experiment.js";
import type { Program, ProgramId } from "./programs.js";
import type { Recorded } from "./recorded.js";

export type Finding = "agrees" | "differs" | "refuses";

/** How a program's gradients lie to those that TensorFlow recorded. */
export interface Verdict {
  /** Of dx. */
  readonly finding: Finding;
  /** Largest |difference| of an element of dx; `null` where the program refused. */
  readonly dx: number | null;
  /** Larger |difference| of dγ and dβ, and whether they agree. */
  readonly parameters: number | null;
  readonly parametersAgree: boolean;
  /** Largest |difference| of dx from the exact values, over the largest of these; `null` where all are 0. */
  readonly relativeError: number | null;
  /** Whether it is as it must be: see {@link expectedFinding}. */
  readonly asExpected: boolean;
}

/** One batch, and what everybody makes of it. */
export interface Comparison {
  readonly n: number;
  readonly input: OneNeuron;
  readonly exact: Exact;
  /** Differences up to here are rounding. */
  readonly allowed: { readonly dx: number; readonly parameters: number };
  readonly answers: Readonly<Partial<Record<ProgramId, Answer>>>;
  readonly verdicts: Readonly<Partial<Record<ProgramId, Verdict>>>;
}

export interface Section {
  readonly mode: Mode;
  readonly precision: Precision;
  readonly programs: readonly Pick<Program, "id" | "title">[];
  readonly comparisons: readonly Comparison[];
}

/** Half the distance between 1 and the next number. */
export const unitRoundoff: Readonly<Record<Precision, number>> = { float64: 2 ** -53, float32: 2 ** -24 };

/** So many roundings of the largest term may lie between two correct programs. */
const ROUNDINGS = 4;

/** What has to come out: everybody agrees with TensorFlow, but for the fault in question and for one row. */
function expectedFinding(id: ProgramId, n: number, mode: Mode): Finding {
  if (id === "staged" && mode === "test") return "differs";
  if (id === "handgrad" && mode === "train" && n < 2) return "refuses";
  return "agrees";
}

/**
 * Rounding of the largest term: dx is made of terms up to γ·r·|dy|, and x̂ brings in the rounding of x, which r
 * magnifies. What is left of the terms may be far smaller; the rounding is not.
 */
function allowedDifferences({ x, dy, gamma, precision }: OneNeuron, { r }: Exact): Comparison["allowed"] {
  const largest = (values: readonly number[]) => Math.max(...values.map(Math.abs));
  const rounding = ROUNDINGS * unitRoundoff[precision] * (1 + r * largest(x));
  const sum = dy.reduce((total, d) => total + Math.abs(d), 0);
  return { dx: rounding * Math.abs(gamma) * r * largest(dy), parameters: rounding * sum };
}

/** NaN stays NaN, unlike in comparisons. */
const largestDifference = (a: readonly number[], b: readonly number[]) =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i])));

function verdictOn(
  id: ProgramId,
  answer: Answer,
  tensorFlow: { readonly dx: readonly number[]; readonly dGamma: number; readonly dBeta: number },
  { n, input, exact, allowed }: Pick<Comparison, "n" | "input" | "exact" | "allowed">,
): Verdict {
  const expected = expectedFinding(id, n, input.mode);
  if (isRefusal(answer)) {
    return {
      finding: "refuses",
      dx: null,
      parameters: null,
      parametersAgree: true,
      relativeError: null,
      asExpected: expected === "refuses",
    };
  }
  const dx = largestDifference(answer.dx, tensorFlow.dx);
  const parameters = largestDifference([answer.dGamma, answer.dBeta], [tensorFlow.dGamma, tensorFlow.dBeta]);
  const finding = dx <= allowed.dx ? "agrees" : "differs";
  const parametersAgree = parameters <= allowed.parameters;
  const size = Math.max(...exact.dx.map(Math.abs));
  return {
    finding,
    dx,
    parameters,
    parametersAgree,
    relativeError: size === 0 ? null : largestDifference(answer.dx, exact.dx) / size,
    asExpected: finding === expected && parametersAgree,
  };
}

/** Asks every program that takes part for the gradients of every batch, and lays them beside TensorFlow's. */
export function compare(
  mode: Mode,
  precision: Precision,
  rowCounts: readonly number[],
  recorded: Recorded,
  programs: readonly Program[],
): Section {
  const taking = programs.filter((program) => program.takes(mode, precision));
  const comparisons = rowCounts.map((n): Comparison => {
    const { input, gradients } = recorded.find(n, mode, precision);
    const exact = exactGradients(input);
    const batch = { n, input, exact, allowed: allowedDifferences(input, exact) };
    const answers = taking.map(({ id, gradients: ask }) => [id, ask(input)] as const);
    return {
      ...batch,
      answers: Object.fromEntries(answers),
      verdicts: Object.fromEntries(
        answers.map(([id, answer]) => [id, verdictOn(id, answer, gradients, batch)]),
      ),
    };
  });
  return {
    mode,
    precision,
    programs: taking.map(({ id, title }) => ({ id, title })),
    comparisons,
  };
}

/** Both modes in both precisions. All is as it must be where every verdict is. */
export function compareAll(
  recorded: Recorded,
  programs: readonly Program[],
): { readonly sections: readonly Section[]; readonly asExpected: boolean } {
  const sections = modes.flatMap((mode) =>
    precisions.map((precision) => compare(mode, precision, rowCounts, recorded, programs)),
  );
  const verdicts = sections.flatMap(({ comparisons }) =>
    comparisons.flatMap(({ verdicts: byProgram }) => Object.values(byProgram)),
  );
  return { sections, asExpected: verdicts.every(({ asExpected }) => asExpected) };
}
