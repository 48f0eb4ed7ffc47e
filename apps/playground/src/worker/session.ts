import { Random, sliceRows } from "@handgrad/tensor";
import { batches, type Examples } from "@handgrad/training";
import { candidateOf } from "laboratory";
import type { DigitSet, Digits } from "../digits/load.js";
import type { FromWorker, Pair } from "../messages.js";
import type { Settings } from "../settings/settings.js";
import { Contestant } from "./contestant.js";
import { verdictOf } from "./judging.js";
import { messageOf } from "./message-of.js";
import { pictureOf } from "./picture.js";
import { predictionOf } from "./predicting.js";

/** Digits of each kind on which the losses in eval mode are measured: enough for a curve, few enough to be quick. */
const MEASURED = 500;
const MEASURED_EVERY = 10;
const JUDGED_EVERY = 100;
/** The judge's first look: a decay of 0.9 has forgotten the first running pair. */
const FIRST_JUDGED = 50;
/** Steps after which the training pauses by itself, to spare the battery of a page that was left open. */
const STEPS_IN_A_ROW = 2000;
/** Between two pictures, in milliseconds. */
const PICTURE_EVERY = 250;
/** Longest stretch of work before messages are read, in milliseconds. */
const TURN = 30;

/** The training of one choice of settings. */
export class Session {
  readonly #run: number;
  readonly #settings: Settings;
  readonly #digits: Digits;
  readonly #contestants: Pair<Contestant>;
  readonly #batches: Iterator<Examples>;
  readonly #dropLast: boolean;
  readonly #measured: { readonly train: DigitSet; readonly test: DigitSet };
  readonly #send: (message: FromWorker) => void;
  #step = 0;
  #lastMeasured = 0;
  #lastJudged = 0;
  #lastPicture = 0;
  #running = false;
  #closed = false;
  /** The work at hand; the next waits for it. */
  #work: Promise<void> = Promise.resolve();

  constructor(run: number, settings: Settings, digits: Digits, send: (message: FromWorker) => void) {
    const { batchSize, seed } = settings;
    const rows = digits.train.labels.data.length;
    this.#run = run;
    this.#settings = settings;
    this.#digits = digits;
    this.#send = (message) => {
      if (!this.#closed) send(message);
    };
    this.#contestants = {
      plain: new Contestant(settings, null),
      ...(settings.batchNorm && { batchNorm: new Contestant(settings, candidateOf(settings)) }),
    };
    // The few rows of an epoch's last batch would throw both networks far off, and the running pair with them.
    this.#dropLast = rows > batchSize;
    this.#batches = forever(digits.train, batchSize, this.#dropLast, new Random(seed + 1));
    this.#measured = { train: firstRows(digits.train, MEASURED), test: firstRows(digits.test, MEASURED) };
    this.#tellState();
  }

  start(): void {
    if (this.#running || this.#broken) return;
    this.#running = true;
    this.#tellState();
    this.#next(() => this.#goOn(this.#step + STEPS_IN_A_ROW));
  }

  pause(): void {
    this.#running = false;
  }

  step(): void {
    if (this.#running || this.#broken) return;
    this.#next(async () => {
      await this.#trainOnce();
      await this.#rest();
    });
  }

  predict(pixels: Float32Array): void {
    const prediction = predictionOf(this.#contestants, pixels, this.#digits.train.inputs);
    this.#send({ type: "prediction", run: this.#run, step: this.#step, prediction });
  }

  /** Ends it, at the latest after the step at hand, and tells nothing more. */
  close(): void {
    this.#running = false;
    this.#closed = true;
  }

  #next(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      this.#running = false;
      this.#send({ type: "failed", message: messageOf(error) });
      this.#tellState();
    });
  }

  async #goOn(end: number): Promise<void> {
    let turn = performance.now();
    while (this.#running && this.#step < end) {
      await this.#trainOnce();
      if (this.#broken) break;
      if (this.#step % MEASURED_EVERY === 0 || this.#step < 5) await this.#measure();
      if (this.#step % JUDGED_EVERY === 0 || this.#step === FIRST_JUDGED) this.#judge();
      if (performance.now() - turn < TURN) continue;
      this.#tellState();
      if (performance.now() - this.#lastPicture > PICTURE_EVERY) this.#tellPicture();
      await new Promise((resolve) => setTimeout(resolve, 0));
      turn = performance.now();
    }
    this.#running = false;
    await this.#rest();
  }

  /** All that can be told where the training stands still. */
  async #rest(): Promise<void> {
    if (this.#closed) return;
    if (!this.#broken) await this.#measure();
    this.#tellPicture();
    this.#tellState();
    this.#judge();
    const broken = this.#broken;
    if (broken) {
      const message = `Training broke down at step ${broken.step}: the first value that is not finite is in ${broken.where}. Reset, with a smaller learning rate.`;
      this.#send({ type: "broken", run: this.#run, message });
    }
  }

  get #broken(): Contestant["broken"] {
    return this.#contestants.plain.broken ?? this.#contestants.batchNorm?.broken;
  }

  async #trainOnce(): Promise<void> {
    const batch: Examples = this.#batches.next().value;
    await this.#contestants.plain.train(batch);
    await this.#contestants.batchNorm?.train(batch);
    this.#step++;
  }

  async #measure(): Promise<void> {
    if (this.#lastMeasured === this.#step) return;
    this.#lastMeasured = this.#step;
    const { train, test } = this.#measured;
    const { plain, batchNorm } = this.#contestants;
    const values = {
      plain: await plain.measure(train, test),
      ...(batchNorm && { batchNorm: await batchNorm.measure(train, test) }),
    };
    this.#send({ type: "measured", run: this.#run, step: this.#step, values });
  }

  #judge(): void {
    const { plain, batchNorm } = this.#contestants;
    if (!batchNorm || this.#lastJudged === this.#step) return;
    this.#lastJudged = this.#step;
    const verdict = verdictOf(plain, batchNorm, this.#digits.train, this.#settings, this.#dropLast);
    this.#send({ type: "verdict", run: this.#run, step: this.#step, verdict });
  }

  #tellPicture(): void {
    this.#lastPicture = performance.now();
    this.#send({ type: "picture", run: this.#run, picture: pictureOf(this.#contestants) });
  }

  #tellState(): void {
    this.#send({ type: "state", run: this.#run, running: this.#running, step: this.#step });
  }
}

/** Batches of one epoch after the other. */
function* forever(
  examples: DigitSet,
  batchSize: number,
  dropLast: boolean,
  rng: Random,
): Generator<Examples, never> {
  const epoch = batches(examples, { batchSize, dropLast, rng });
  for (;;) yield* epoch;
}

function firstRows({ inputs, labels }: DigitSet, count: number): DigitSet {
  const end = Math.min(count, labels.data.length);
  return {
    inputs: sliceRows(inputs, 0, end) as DigitSet["inputs"],
    labels: sliceRows(labels, 0, end),
  };
}
