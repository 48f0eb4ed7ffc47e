import type { BatchNormImplementation, Declaration } from "./implementation.js";
import type { BatchNormLayerLike } from "./layer-implementation.js";
import type { RunningPairReplay } from "./running-pair-replay.js";

/** Values at ascending steps. A step is one update of the weights; after the first update the step is 1. */
export type Curve = readonly (readonly [step: number, value: number])[];

/** One training run as it was recorded. Losses are means over rows. */
export interface TrainingRun {
  /** Training batches that were used. */
  readonly steps: number;
  readonly batchSize: number;
  readonly curves: {
    /** Training-mode loss while training, each point averaged over the steps since the point before. */
    readonly trainLoss: Curve;
    /** Eval-mode loss on the same training data. */
    readonly evalTrainLoss: Curve;
    readonly testLoss: Curve;
    readonly testAccuracy: Curve;
  };
  /** Where the first NaN or infinity stood, such as { step: 12, where: "output of layer 0 (Dense)" }. */
  readonly firstNonFinite?: { readonly step: number; readonly where: string } | undefined;
}

/** One batch norm layer after training, and what it was fed. */
export interface LayerEvidence {
  /** For people, such as "layer 1 (BatchNorm)". */
  readonly name: string;
  /** The layer itself, or an adapter that has at least backward, γ, β and the running pair. */
  readonly subject: BatchNormImplementation | BatchNormLayerLike;
  /** What it is judged against. */
  readonly declared: Declaration;
  /** Observed the input of each of this layer's training passes. */
  readonly replay: RunningPairReplay;
  /** A real input of this layer in the trained network, x row-major [rows, features]. */
  readonly batch: { readonly x: ArrayLike<number>; readonly rows: number };
  /**
   * Mean and biased variance of this layer's input over the whole training data with the final weights. The layers
   * before it must run in training mode on batches of the training size, as they did when the replay observed them;
   * {@link DataMoments} adds the batches up.
   */
  readonly data: { readonly mean: ArrayLike<number>; readonly variance: ArrayLike<number> };
}

/**
 * What {@link judge} looks at: the trained layers, and two runs from the same weights over the same batches.
 * Where `batchNormRun` has a `firstNonFinite`, `batch` and `data` are not looked at: they may hold anything.
 */
export interface Evidence {
  readonly layers: readonly LayerEvidence[];
  readonly batchNormRun: TrainingRun;
  /** The same network without batch norm. */
  readonly baselineRun: TrainingRun;
  /**
   * How both runs were trained, where that is not plain SGD at a constant learning rate, with ReLU, from normal He
   * weights, on digits: such as "RMSprop". A gross loss of speed proves nothing then.
   */
  readonly unlikeMeasured?: string | undefined;
}
