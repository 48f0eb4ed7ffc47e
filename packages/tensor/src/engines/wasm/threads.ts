import { CONTROL_WORDS, COUNT_BITS, DONE, FAILED, JOB, MAX_CALLS, SLEEPERS, SLOT, SLOTS } from "./control.js";
import type { Exports } from "./exports.js";
import type { Instance } from "./instantiate.js";
import { startWorker, type WorkerHandle, waitingIsAllowed } from "./workers.js";

/** Elements that fill a cache line, of any dtype. */
const LINE = 16;

type Call = (...parameters: number[]) => number;

/** Looks at what is done, some half a millisecond of them, before this thread makes way for a worker that lags behind. */
const WATCH = 200_000;
const WAIT_MS = 1;
/** How often it does so before a worker counts as dead: 10 s and more, of time in which this program runs. */
const PATIENCE = 10_000;

/**
 * Threads that work in one memory. {@link inPieces} cuts work into calls to the module's functions, which the calling
 * thread and the workers take one by one; the calling thread goes on when all are done. Workers are started when there
 * is work for them, and nobody waits for their start. As no two calls write to the same place and each sum is one
 * call's, the bits are the same for any number of threads.
 */
export class Threads {
  /** The module's functions. Within {@link together}, calls to them are gathered and then shared out. */
  readonly exports: Exports;
  readonly #instance: Instance;
  readonly #functions: readonly Call[];
  readonly #control: Int32Array;
  readonly #slots: Float64Array;
  /** The calls of the job, for this thread; workers read them from the slots. */
  readonly #calls: { readonly index: number; readonly parameters: readonly number[] }[] = [];
  readonly #workers: WorkerHandle[] = [];
  #limit = 1;
  #job = 0;
  #gathered: number | undefined;

  constructor(
    instance: Instance,
    readonly patience = PATIENCE,
  ) {
    this.#instance = instance;
    const { buffer } = instance.memory;
    this.#control = new Int32Array(buffer, 0, CONTROL_WORDS);
    this.#slots = new Float64Array(buffer, SLOTS, MAX_CALLS * SLOT);
    this.#functions = Object.values(instance.exports) as unknown as Call[];
    const names = Object.keys(instance.exports);
    this.exports = Object.fromEntries(
      names.map((name, index) => [name, (...parameters: number[]) => this.#call(index, parameters)]),
    ) as unknown as Exports;
  }

  /** How many threads share large work, the calling one included: 1 where memory can't be shared. */
  get limit(): number {
    return this.#limit;
  }

  set limit(threads: number) {
    this.#limit = this.#instance.shared ? threads : 1;
    for (const worker of this.#workers.splice(this.#limit - 1)) worker.stop();
  }

  /**
   * Runs the calls to {@link exports} that `work` makes, whose results are lost, in any order and on any thread; all of
   * them are done when it returns.
   */
  together(work: () => void): void {
    if (this.#limit === 1) {
      work();
      return;
    }
    this.#gathered = 0;
    try {
      work();
      this.#share(this.#gathered);
    } finally {
      this.#gathered = undefined;
    }
  }

  /**
   * `call`, which calls one of {@link exports}, for pieces of 0 to `length`, of `least` elements or more. Half of the
   * work is in one piece for each thread, half of the rest in the next ones, and so on, so that a thread that is held
   * up leaves little to wait for. Pieces are multiples of what fills a cache line: no two threads write to one.
   */
  inPieces(length: number, least: number, call: (start: number, count: number) => void): void {
    const step = Math.max(1, Math.ceil(least / LINE)) * LINE;
    if (this.#limit === 1 || length < 2 * step) {
      call(0, length);
      return;
    }
    this.together(() => {
      for (let start = 0, piece = 0, count = 0; start < length; start += count, piece++) {
        const left = length - start;
        const share = piece % this.#limit === 0 ? left / (2 * this.#limit) : count;
        count = piece === MAX_CALLS - 1 ? left : Math.min(left, Math.max(1, Math.round(share / step)) * step);
        call(start, count);
      }
    });
  }

  #call(index: number, parameters: readonly number[]): number {
    if (this.#gathered === undefined) return this.#functions[index](...parameters);
    this.#calls[this.#gathered] = { index, parameters };
    const at = this.#gathered++ * SLOT;
    this.#slots[at] = index;
    for (let i = 0; i < parameters.length; i++) this.#slots[at + 1 + i] = Number(parameters[i]);
    return 0;
  }

  #share(calls: number): void {
    if (calls === 1) {
      this.#run(0);
      return;
    }
    while (this.#workers.length < Math.min(this.#limit, calls) - 1) {
      const worker = startWorker(this.#instance);
      if (!worker) {
        this.#limit = this.#workers.length + 1;
        break;
      }
      this.#workers.push(worker);
    }
    const control = this.#control;
    Atomics.store(control, DONE, 0);
    this.#job = (this.#job + 1) & 0xfff;
    const first = (this.#job << (2 * COUNT_BITS)) | (calls << COUNT_BITS);
    Atomics.store(control, JOB, first);
    if (Atomics.load(control, SLEEPERS) > 0) Atomics.notify(control, JOB);
    const last = first + calls;
    let thrown: { readonly error: unknown } | undefined;
    for (let word = first; word !== last; word = Atomics.load(control, JOB)) {
      if (Atomics.compareExchange(control, JOB, word, word + 1) !== word) continue;
      try {
        this.#run(word - first);
      } catch (error) {
        thrown = { error };
      }
      Atomics.add(control, DONE, 1);
    }
    this.#await(calls);
    if (thrown) throw thrown.error;
    if (Atomics.exchange(control, FAILED, 0) === 1) throw new Error("threads: a kernel failed in a worker");
  }

  #run(call: number): void {
    const { index, parameters } = this.#calls[call];
    this.#functions[index](...parameters);
  }

  /** Until workers have done what they took. @throws Error for one that died over it. */
  #await(calls: number): void {
    const control = this.#control;
    for (let round = 0; round < this.patience; round++) {
      for (let i = 0; i < WATCH; i++) if (Atomics.load(control, DONE) === calls) return;
      const done = Atomics.load(control, DONE);
      if (done === calls) return;
      if (waitingIsAllowed) Atomics.wait(control, DONE, done, WAIT_MS);
    }
    this.limit = 1;
    throw new Error("threads: a worker stopped in the middle of its work; from now on there is one thread");
  }
}
