import type { InferenceWork, MatmulWork, TrainingWork } from "../src/work.js";

/** What a contender keeps of a workload between requests. */
interface Session {
  close?(): void;
}

export interface TrainingSession extends Session {
  /** Goes on training for `count` steps: the loss and the milliseconds of each. */
  steps(count: number): Promise<{ readonly losses: number[]; readonly milliseconds: number[] }>;
}

export interface CallSession extends Session {
  run(): unknown;
  /** What the last run gave. */
  result(): ArrayLike<number> | Promise<ArrayLike<number>>;
}

export interface LayerValues {
  readonly in: number;
  readonly out: number;
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  /** Of the batch norm behind the layer; the last has none. */
  readonly gamma?: Float32Array;
  readonly beta?: Float32Array;
  readonly mean?: Float32Array;
  readonly variance?: Float32Array;
}

export declare function floats(path: string): Float32Array;
export declare function readLayers(work: {
  readonly widths: readonly number[];
  readonly parameters: string;
}): LayerValues[];
export declare function readBatches(
  work: TrainingWork,
): { readonly inputs: Float32Array; readonly labels: Int32Array }[];
export declare function serve(contender: {
  hello(): unknown;
  training(work: TrainingWork): TrainingSession;
  inference(work: InferenceWork): CallSession;
  matmul(work: MatmulWork): CallSession;
}): void;
