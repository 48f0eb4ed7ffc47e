import type { Verdict } from "@handgrad/bn-doctor";
import type { engine } from "@handgrad/tensor";
import type { Settings } from "./settings/settings.js";

/** Of the two networks: `plain` is the one without batch norm. */
export type NetworkName = "plain" | "batchNorm";
/** One of something for each network; none for the one with batch norm where that is switched off. */
export type Pair<Value> = { readonly plain: Value; readonly batchNorm?: Value };

/** What the page asks of the worker. */
export type ToWorker =
  /** Makes new networks. Everything that comes from them bears the number `run`. */
  | { readonly type: "configure"; readonly run: number; readonly settings: Settings }
  | { readonly type: "start" }
  | { readonly type: "pause" }
  /** One step of training. */
  | { readonly type: "step" }
  /** 784 numbers in [0, 1]. */
  | { readonly type: "predict"; readonly pixels: Float32Array }
  /** A test digit of this class. */
  | { readonly type: "sample"; readonly digit: number };

/** Losses at one step; those in eval mode, and `train` averaged over the steps since the point before. */
export interface Measured {
  readonly train: number;
  readonly evalTrain: number;
  readonly test: number;
  readonly testAccuracy: number;
}

/** What one feature's pre-activations are over the last training batch, as counts in bins from −range to range. */
export interface LayerPicture {
  readonly range: number;
  readonly features: Pair<readonly Uint16Array[]>;
}

export interface UnitWeights {
  readonly weights: readonly Float32Array[];
  /** Since before the first step. */
  readonly change: readonly Float32Array[];
}

export interface Picture {
  /** Hidden layer by hidden layer. */
  readonly layers: readonly LayerPicture[];
  /** Of the first layer's first units, 784 for each. */
  readonly weights: Pair<UnitWeights>;
}

/** Probabilities of the ten digits. */
export interface Prediction {
  readonly plain: Float32Array;
  readonly batchNorm?: { readonly train: Float32Array; readonly eval: Float32Array };
}

/** What the worker tells the page. */
export type FromWorker =
  | {
      readonly type: "ready";
      readonly engine: ReturnType<typeof engine>;
      readonly threads: number;
      readonly isolated: boolean;
    }
  | { readonly type: "state"; readonly run: number; readonly running: boolean; readonly step: number }
  | {
      readonly type: "measured";
      readonly run: number;
      readonly step: number;
      readonly values: Pair<Measured>;
    }
  | { readonly type: "picture"; readonly run: number; readonly picture: Picture }
  | { readonly type: "verdict"; readonly run: number; readonly step: number; readonly verdict: Verdict }
  | {
      readonly type: "prediction";
      readonly run: number;
      readonly step: number;
      readonly prediction: Prediction;
    }
  | { readonly type: "sample"; readonly pixels: Float32Array; readonly digit: number }
  /** The training went to NaN or infinity, which the verdict tells of, too. */
  | { readonly type: "broken"; readonly run: number; readonly message: string }
  /** The worker can't go on, or not with these settings. */
  | { readonly type: "failed"; readonly message: string };
