import type { FloatDType, Rows, Vector } from "@handgrad/tensor";

/** As in the question: `train` normalises by the batch, `test` by the running pair. */
export type Mode = "train" | "test";
export type Precision = FloatDType;

export const modes: readonly Mode[] = ["train", "test"];
export const precisions: readonly Precision[] = ["float64", "float32"];
/** Rows of the batches that are compared. */
export const rowCounts = [1, 2, 4, 32] as const;

/** One batch norm over one feature: N numbers go in, N gradients come from above. Numbers are exact in `precision`. */
export interface OneNeuron {
  readonly n: number;
  readonly mode: Mode;
  readonly precision: Precision;
  readonly x: readonly number[];
  readonly dy: readonly number[];
  readonly gamma: number;
  readonly beta: number;
  readonly popMean: number;
  readonly popVar: number;
  readonly epsilon: number;
}

export interface OneNeuronGradients {
  readonly dx: readonly number[];
  readonly dGamma: number;
  readonly dBeta: number;
}

/** A program may decline an input, and says why. */
export interface Refusal {
  readonly refused: string;
}
export type Answer = OneNeuronGradients | Refusal;

export const isRefusal = (answer: Answer): answer is Refusal => "refused" in answer;

/** Results as tensors, [N, 1] and [1], in plain numbers. */
export const toPlain = (gradients: {
  readonly dx: Rows<number, FloatDType>;
  readonly dGamma: Vector<number, FloatDType>;
  readonly dBeta: Vector<number, FloatDType>;
}): OneNeuronGradients => ({
  dx: [...gradients.dx.data],
  dGamma: gradients.dGamma.data[0],
  dBeta: gradients.dBeta.data[0],
});
