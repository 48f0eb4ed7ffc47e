import type { Curve, TrainingRun } from "@handgrad/bn-doctor";
import { type Examples, evaluate, fit, NonFiniteLossError, type Optimizer } from "@handgrad/training";
import { buildNetwork, type Candidate, type Network, optimizerOf } from "laboratory";
import type { Measured } from "../messages.js";
import type { Settings } from "../settings/settings.js";
import { unitsOf } from "./units.js";

type Point = [step: number, value: number];
type Curves = { [Name in keyof TrainingRun["curves"]]: Point[] };

const PIXELS = 784;

/** One of the two networks in training, with its curves. */
export class Contestant {
  readonly network: Network;
  /** Of the units that are shown. */
  readonly weightsAtFirst: readonly Float32Array[];
  readonly #optimizer: Optimizer;
  readonly #batchSize: number;
  readonly #curves: Curves = { trainLoss: [], evalTrainLoss: [], testLoss: [], testAccuracy: [] };
  #steps = 0;
  #window = { loss: 0, rows: 0 };
  #firstNonFinite: TrainingRun["firstNonFinite"];

  constructor(settings: Settings, candidate: Candidate | null) {
    this.network = buildNetwork(PIXELS, settings, candidate);
    this.weightsAtFirst = unitsOf(this.network);
    this.#optimizer = optimizerOf({ ...settings, weightDecay: 0 }, this.network.model.parameters());
    this.#batchSize = settings.batchSize;
  }

  /** Where the first NaN or infinity stood: it trains no further. */
  get broken(): TrainingRun["firstNonFinite"] {
    return this.#firstNonFinite;
  }

  /** One step of training. */
  async train(batch: Examples): Promise<void> {
    const onStep = ({ loss, rows }: { loss: number; rows: number }) => {
      this.#window.loss += loss * rows;
      this.#window.rows += rows;
    };
    try {
      await fit(this.network.model, [batch], { epochs: 1, optimizer: this.#optimizer, onStep });
      this.#steps++;
    } catch (error) {
      if (!(error instanceof NonFiniteLossError)) throw error;
      this.#steps++;
      this.#curves.trainLoss.push([this.#steps, error.loss]);
      this.#firstNonFinite = { step: this.#steps, where: error.where };
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
