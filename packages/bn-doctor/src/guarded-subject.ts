import type { BatchNormState, BatchNormSubject, Declaration, Mode, Precision } from "./subject.js";

/** What a subject did that no batch norm may do, whatever its numbers: it threw, or gave back the wrong thing. */
export class SubjectFailure extends Error {
  override readonly name = "SubjectFailure";
}

const ARRAYS = ["gamma", "beta", "popMean", "popVar", "gammaGradient", "betaGradient"] as const;

/**
 * A subject that cannot mislead: inputs stay as they were, results are copied and have the right length, what was written can be read back,
 * and whatever goes wrong is a {@link SubjectFailure} that says so.
 */
export class GuardedSubject {
  readonly features: number;
  readonly precision: Precision;
  readonly declared: Declaration;
  readonly #subject: BatchNormSubject;

  constructor(subject: BatchNormSubject) {
    this.#subject = subject;
    this.features = subject.features;
    this.precision = subject.precision;
    this.declared = subject.declared;
  }

  forward(x: ArrayLike<number>, rows: number, mode: Mode): Float64Array {
    const call = `forward(x, ${rows}, "${mode}")`;
    return this.#call(call, x, (given) => this.#subject.forward(given, rows, mode));
  }

  backward(dy: ArrayLike<number>, rows: number): Float64Array {
    const call = `backward(dy, ${rows})`;
    return this.#call(call, dy, (given) => this.#subject.backward(given, rows));
  }

  /** Hands over a copy of the input, which must come back as it was, and copies the result, which must be as long. */
  #call(
    call: string,
    input: ArrayLike<number>,
    run: (given: Float64Array) => ArrayLike<number>,
  ): Float64Array {
    const given = new Float64Array(input);
    const result = copy(
      attempt(call, () => run(given)),
      input.length,
      call,
    );
    const changed = given.findIndex((value, i) => !Object.is(value, input[i]));
    if (changed >= 0) {
      throw new SubjectFailure(`${call} wrote into its input: element ${changed} is ${given[changed]}`);
    }
    return result;
  }

  read(): BatchNormState {
    const state = attempt("read()", () => this.#subject.read());
    const array = (name: (typeof ARRAYS)[number]) => copy(state?.[name], this.features, `read().${name}`);
    return {
      gamma: array("gamma"),
      beta: array("beta"),
      popMean: array("popMean"),
      popVar: array("popVar"),
      gammaGradient: array("gammaGradient"),
      betaGradient: array("betaGradient"),
      batches: state.batches,
    };
  }

  write(values: Partial<BatchNormState>): void {
    attempt("write(values)", () => this.#subject.write(values));
    const state = this.read();
    for (const name of ARRAYS) {
      const written = values[name];
      if (written === undefined) continue;
      for (let c = 0; c < this.features; c++) {
        if (Object.is(state[name][c], written[c])) continue;
        throw new SubjectFailure(
          `write: ${name}[${c}] was set to ${written[c]}, but reads ${state[name][c]}`,
        );
      }
    }
    // Only a cumulative average depends on the count; other layers need not keep one.
    if (this.declared.decay !== "cumulative" || values.batches === undefined) return;
    if (state.batches !== values.batches) {
      throw new SubjectFailure(`write: batches was set to ${values.batches}, but reads ${state.batches}`);
    }
  }

  /** Runs `look` and puts the layer's state back as it was. Only the cache of its last forward pass is lost. */
  undisturbed<Result>(look: () => Result): Result {
    const before = this.read();
    try {
      return look();
    } finally {
      this.write(before);
    }
  }
}

function attempt<Result>(call: string, run: () => Result): Result {
  try {
    return run();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new SubjectFailure(`${call} threw: ${message}`, { cause });
  }
}

function copy(numbers: ArrayLike<number> | undefined, length: number, source: string): Float64Array {
  if (numbers?.length !== length) {
    throw new SubjectFailure(`${source} gave ${numbers?.length ?? "no"} numbers instead of ${length}`);
  }
  return new Float64Array(numbers);
}
