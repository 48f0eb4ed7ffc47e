import type { Optimizer } from "../optimizers/optimizer.js";
import { requireNotNegative } from "../require.js";

export interface ReduceOnPlateauOptions {
  /** `"min"` for a loss (default), `"max"` for an accuracy. */
  readonly mode?: "min" | "max";
  /** What a reduction multiplies the learning rate by, in (0, 1); default 0.1. */
  readonly factor?: number;
  /** Measurements without improvement that are let pass; the one after them reduces. Default 10. */
  readonly patience?: number;
  /** The relative change that counts as improvement; default 1e-4. */
  readonly threshold?: number;
  /** Measurements after a reduction that count as neither good nor bad; default 0. */
  readonly cooldown?: number;
  /** Never below it; default 0. */
  readonly minLearningRate?: number;
}

/** A reduction by less than this is left out. */
const LEAST_CHANGE = 1e-8;

/**
 * Reduces an optimiser's learning rate when a measurement has stopped to improve, as PyTorch's `ReduceLROnPlateau` in
 * relative mode: an improvement is a value below best·(1 − threshold), or above best·(1 + threshold) with mode `"max"`.
 * With `fit`, call `step` in `onEpoch`, and give no `schedule`.
 */
export class ReduceOnPlateau {
  /** What it remembers, for a checkpoint: write it back with `Object.assign(plateau.state, saved)`. */
  readonly state: { best: number; bad: number; cooldown: number };
  readonly #optimizer: Pick<Optimizer, "learningRate">;
  readonly #options: Required<ReduceOnPlateauOptions>;

  /** @throws RangeError for an option out of its range. */
  constructor(
    optimizer: Pick<Optimizer, "learningRate">,
    {
      mode = "min",
      factor = 0.1,
      patience = 10,
      threshold = 1e-4,
      cooldown = 0,
      minLearningRate = 0,
    }: ReduceOnPlateauOptions = {},
  ) {
    if (mode !== "min" && mode !== "max") {
      throw new RangeError(`ReduceOnPlateau: mode must be "min" or "max", got ${mode}`);
    }
    if (!(factor > 0 && factor < 1)) {
      throw new RangeError(`ReduceOnPlateau: factor must be in (0, 1), got ${factor}`);
    }
    requireNotNegative("ReduceOnPlateau: patience", patience);
    requireNotNegative("ReduceOnPlateau: threshold", threshold);
    requireNotNegative("ReduceOnPlateau: cooldown", cooldown);
    requireNotNegative("ReduceOnPlateau: minLearningRate", minLearningRate);
    this.#optimizer = optimizer;
    this.#options = { mode, factor, patience, threshold, cooldown, minLearningRate };
    this.state = {
      best: mode === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY,
      bad: 0,
      cooldown: 0,
    };
  }

  /** Takes one measurement, such as the validation loss after an epoch, and returns the learning rate from now on. */
  step(measurement: number): number {
    const { factor, patience, cooldown, minLearningRate } = this.#options;
    const { state } = this;
    if (this.#isBetter(measurement)) {
      state.best = measurement;
      state.bad = 0;
    } else state.bad++;
    if (state.cooldown > 0) {
      state.cooldown--;
      state.bad = 0;
    }
    if (state.bad > patience) {
      const { learningRate } = this.#optimizer;
      const reduced = Math.max(learningRate * factor, minLearningRate);
      if (learningRate - reduced > LEAST_CHANGE) this.#optimizer.learningRate = reduced;
      state.cooldown = cooldown;
      state.bad = 0;
    }
    return this.#optimizer.learningRate;
  }

  #isBetter(measurement: number): boolean {
    const { mode, threshold } = this.#options;
    return mode === "min"
      ? measurement < this.state.best * (1 - threshold)
      : measurement > this.state.best * (1 + threshold);
  }
}
