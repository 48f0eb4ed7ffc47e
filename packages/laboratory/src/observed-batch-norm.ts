import { type LayerEvidence, RunningPairReplay } from "@handgrad/bn-doctor";
import { isTransient, type Layer, type Mode } from "@handgrad/layers";
import { fromData, type Rows, type Vector } from "@handgrad/tensor";
import { AdaptedBatchNorm } from "./adapted-batch-norm.js";
import type { BatchNormLayer } from "./candidate.js";
import type { NetworkSettings } from "./network-settings.js";

/** Where a {@link RunningPairReplay} stands. */
export interface ReplayState {
  readonly batches: number;
  /** In the order of {@link PARTS}. */
  readonly parts: readonly Vector<number, "float64">[];
}

const PARTS = ["mean", "variance", "meanRounding", "varianceRounding"] as const;

/** A batch norm under observation: the same layer, and a witness of every batch that it was trained on. */
export class ObservedBatchNorm implements Layer<number, number, "float32"> {
  readonly name = "BatchNorm";
  readonly dtype = "float32";
  readonly inWidth: number;
  readonly outWidth: number;
  readonly layer: BatchNormLayer;
  readonly #declared: ConstructorParameters<typeof RunningPairReplay>[1];
  #replay: RunningPairReplay;
  #lastBatch: Rows | undefined;
  #watching = true;

  constructor(layer: BatchNormLayer, { decay, varianceCorrection }: NetworkSettings) {
    this.layer = layer;
    this.inWidth = layer.inWidth;
    this.outWidth = layer.outWidth;
    this.#declared = { decay, runningVariance: varianceCorrection };
    this.#replay = new RunningPairReplay(layer.inWidth, this.#declared);
  }

  /** What the running pair must be after the batches so far, by bn-doctor's own reckoning. */
  get replay(): RunningPairReplay {
    return this.#replay;
  }

  saveReplay(): ReplayState {
    const parts = PARTS.map((part) => fromData(this.#replay[part].slice(), [this.inWidth]));
    return { batches: this.#replay.batches, parts };
  }

  restoreReplay({ batches, parts }: ReplayState): void {
    this.#replay = new RunningPairReplay(this.inWidth, this.#declared, batches);
    for (const [i, part] of PARTS.entries()) this.#replay[part].set(parts[i].data);
  }

  get params() {
    return this.layer.params;
  }

  get state() {
    return this.layer.state;
  }

  /** The batch is kept until the next pass, no longer. */
  get transient(): boolean {
    return isTransient(this.layer);
  }

  /** What the judge looks at. */
  get subject(): LayerEvidence["subject"] {
    return this.layer instanceof AdaptedBatchNorm ? this.layer.implementation : this.layer;
  }

  /** Input of the last training pass. */
  get lastBatch(): Rows {
    if (!this.#lastBatch) throw new Error("ObservedBatchNorm: there was no training pass");
    return this.#lastBatch;
  }

  forward(x: Rows, mode: Mode): Rows {
    if (mode === "train" && this.#watching) {
      this.#replay.observe(x.data, x.shape[0]);
      this.#lastBatch = x;
    }
    return this.layer.forward(x, mode);
  }

  backward(dy: Rows): Rows {
    return this.layer.backward(dy);
  }

  /** What `work` returns, whose passes are no part of the training. */
  unobserved<Result>(work: () => Result): Result {
    this.#watching = false;
    try {
      return work();
    } finally {
      this.#watching = true;
    }
  }
}
