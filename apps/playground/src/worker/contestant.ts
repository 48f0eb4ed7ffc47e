import type { Curve, TrainingRun } from "@handgrad/bn-doctor";
import { type Examples, evaluate, NonFiniteLossError } from "@handgrad/training";
import { buildNetwork, type Candidate, type Network, optimizerOf } from "laboratory";
import type { Measured } from "../messages.js";
import type { Settings } from "../settings/settings.js";
import { stepwise } from "./stepwise.js";
import { unitsOf } from "./units.js";

type Point = [step: number, value: number];
type Curves = { [Name in keyof TrainingRun["curves"]]: Point[] };

const PIXELS = 784;

/** One of the two networks in training, with its curves. */
export class Contestant {
  readonly network: Network;
  /** Of the units that are shown. */
  readonly weightsAtFirst: readonly Float32Array[];
  readonly #step: ReturnType<typeof stepwise>;
  readonly #batchSize: number;
  readonly #curves: Curves = { trainLoss: [], evalTrainLoss: [], testLoss: [], testAccuracy: [] };
  #steps = 0;
  #window = { loss: 0, rows: 0 };
  #firstNonFinite: TrainingRun["firstNonFinite"];

  constructor(settings: Settings, candidate: Candidate | null) {
    this.network = buildNetwork(PIXELS, settings, candidate);
    this.weightsAtFirst = unitsOf(this.network);
    const { model } = this.network;
    this.#step = stepwise(model, optimizerOf({ ...settings, weightDecay: 0 }, model.parameters()));
    this.#batchSize = settings.batchSize;
  }

  /** Where the first NaN or infinity stood: it trains no further. */
  get broken(): TrainingRun["firstNonFinite"] {
    return this.#firstNonFinite;
  }

  /** One step of training. */
  async train(batch: Examples): Promise<void> {
    try {
      const { step, loss, rows } = await this.#step(batch);
      this.#steps = step;
      this.#window.loss += loss * rows;
      this.#window.rows += rows;
    } catch (error) {
      if (!(error instanceof NonFiniteLossError)) throw error;
      const { step, loss, where } = error;
      this.#steps = step;
      this.#curves.trainLoss.push([step, loss]);
      this.#firstNonFinite = { step, where };
    }
  }

  /** The losses after the last step, which go on its curves. */
  async measure(train: Examples, test: Examples): Promise<Measured> {
    const onTrain = await evaluate(this.network.model, train);
    const onTest = await evaluate(this.network.model, test);
    const measured = {
      train: this.#window.loss / this.#window.rows,
      evalTrain: onTrain.loss,
      test: onTest.loss,
      testAccuracy: onTest.accuracy,
    };
    this.#window = { loss: 0, rows: 0 };
    this.#curves.trainLoss.push([this.#steps, measured.train]);
    this.#curves.evalTrainLoss.push([this.#steps, measured.evalTrain]);
    this.#curves.testLoss.push([this.#steps, measured.test]);
    this.#curves.testAccuracy.push([this.#steps, measured.testAccuracy]);
    return measured;
  }

  /** What the judge is shown. */
  get run(): TrainingRun {
    const curves: Readonly<Record<keyof TrainingRun["curves"], Curve>> = this.#curves;
    return {
      steps: this.#steps,
      batchSize: this.#batchSize,
      curves,
      ...(this.#firstNonFinite && { firstNonFinite: this.#firstNonFinite }),
    };
  }
}
