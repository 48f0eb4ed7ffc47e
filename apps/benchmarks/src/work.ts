/** One thing to be done, with the same numbers by every contender. Files hold little-endian float32 and int32. */
export type Work = TrainingWork | InferenceWork | MatmulWork;
export type Kind = Work["kind"];

/** Steps of an MLP with batch norm and ReLU behind each layer but the last, by softmax cross-entropy. */
export interface TrainingWork {
  readonly kind: "training";
  readonly widths: readonly number[];
  readonly parameters: string;
  readonly optimizer: "sgd" | "adam";
  readonly learningRate: number;
  /** Rows of a batch. */
  readonly batch: number;
  /** Batches in the files, taken in turn. */
  readonly batches: number;
  readonly inputs: string;
  readonly labels: string;
}

/** The MLP in eval mode on the first `batch` rows. */
export interface InferenceWork {
  readonly kind: "inference";
  readonly widths: readonly number[];
  readonly parameters: string;
  readonly batch: number;
  readonly inputs: string;
}

/** a[m, k]·b[k, n], each stored transposed where it says so. */
export interface MatmulWork {
  readonly kind: "matmul";
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly a: string;
  readonly b: string;
}

/** Multiply-adds of the matrix products of one repetition: training spares the first layer's dx. */
export function multiplyAdds(work: Work): number {
  if (work.kind === "matmul") return work.m * work.k * work.n;
  const layers = work.widths.slice(1).map((out, i) => work.widths[i] * out);
  const forward = layers.reduce((a, b) => a + b, 0);
  return work.batch * (work.kind === "inference" ? forward : 3 * forward - layers[0]);
}
