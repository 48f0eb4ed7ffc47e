import type { Gradients } from "./formulas.js";
import type {
  BackwardResult,
  BatchNormImplementation,
  BatchNormState,
  Mode,
  Precision,
} from "./implementation.js";

/** What an implementation did that no batch norm may do, whatever its numbers: it threw, or gave back the wrong thing. */
export class ImplementationError extends Error {
  override readonly name = "ImplementationError";
}

const ARRAYS = ["gamma", "beta", "popMean", "popVar"] as const;

/** What the implementation lets others see and set. */
export interface Abilities {
  readonly backward: boolean;
  readonly dgamma: boolean;
  readonly dbeta: boolean;
  readonly gamma: boolean;
  readonly beta: boolean;
  readonly runningPair: boolean;
  readonly batches: boolean;
}

/**
 * An implementation that cannot mislead: inputs stay as they were, results are copied and have the right length, what was written can be read back,
 * and whatever goes wrong is an {@link ImplementationError} that says so. Where it has no γ, β or running pair, their first values stand in.
 */
export class GuardedImplementation {
  readonly features: number;
  readonly precision: Precision;
  /** As it is handed over: for what only some implementations can do. */
  readonly given: BatchNormImplementation;
  readonly abilities: Abilities;

  /** @throws ImplementationError when a first look at it fails. */
  constructor(given: BatchNormImplementation) {
    this.given = given;
    this.features = given.features;
    this.precision = given.precision;
    const state = attempt("read()", () => given.read());
    if (typeof state !== "object" || state === null) {
      throw new ImplementationError(`read() must give an object of arrays, got ${state}`);
    }
    if ((state.popMean === undefined) !== (state.popVar === undefined)) {
      const [there, lacking] = state.popMean === undefined ? ["popVar", "popMean"] : ["popMean", "popVar"];
      throw new ImplementationError(`read() gave ${there} without ${lacking}`);
    }
    refuseOtherNames(state);
    const gradients = given.backward ? this.#firstGradients(state) : undefined;
    this.abilities = {
      backward: gradients !== undefined,
      dgamma: gradients?.dgamma !== undefined,
      dbeta: gradients?.dbeta !== undefined,
      gamma: state.gamma !== undefined,
      beta: state.beta !== undefined,
      runningPair: state.popMean !== undefined,
      batches: state.batches !== undefined,
    };
  }

  numbers(values: ArrayLike<number>): Float32Array | Float64Array {
    return this.precision === "float32" ? Float32Array.from(values) : Float64Array.from(values);
  }

  forward(x: ArrayLike<number>, rows: number, mode: Mode): Float64Array {
    const call = `forward(x, ${rows}, "${mode}")`;
    return this.#withInput(call, x, (given) =>
      copy(
        attempt(call, () => this.given.forward(given, rows, mode)),
        x.length,
        call,
      ),
    );
  }

  /** Gradients of this pass alone; what the implementation does not give is NaN. */
  backward(dy: ArrayLike<number>, rows: number): Gradients {
    this.zeroGrad();
    return this.backwardAgain(dy, rows);
  }

  /** Gradients as the implementation holds them after one more pass. */
  backwardAgain(dy: ArrayLike<number>, rows: number): Gradients {
    const call = `backward(dy, ${rows})`;
    return this.#withInput(call, dy, (given) => {
      const result = this.#backward(call, given, rows);
      const vector = (name: "dgamma" | "dbeta") =>
        result[name] === undefined
          ? new Float64Array(this.features).fill(Number.NaN)
          : copy(result[name], this.features, `${call}.${name}`);
      return {
        dx: copy(result.dx, dy.length, `${call}.dx`),
        gammaGradient: vector("dgamma"),
        betaGradient: vector("dbeta"),
      };
    });
  }

  zeroGrad(): void {
    attempt("zeroGrad()", () => this.given.zeroGrad?.());
  }

  read(): BatchNormState {
    const state = attempt("read()", () => this.given.read());
    const array = (name: (typeof ARRAYS)[number], able: boolean, otherwise: number) =>
      able
        ? copy(state?.[name], this.features, `read().${name}`)
        : new Float64Array(this.features).fill(otherwise);
    const { gamma, beta, runningPair } = this.abilities;
    return {
      gamma: array("gamma", gamma, 1),
      beta: array("beta", beta, 0),
      popMean: array("popMean", runningPair, 0),
      popVar: array("popVar", runningPair, 1),
      batches: state.batches ?? 0,
    };
  }

  /** Sets what the implementation has, and sees that it is set. */
  write(values: Partial<BatchNormState>): void {
    const { gamma, beta, runningPair, batches } = this.abilities;
    const has = { gamma, beta, popMean: runningPair, popVar: runningPair };
    const written: { -readonly [Name in keyof BatchNormState]?: BatchNormState[Name] } = {};
    for (const name of ARRAYS) {
      const numbers = values[name];
      if (numbers !== undefined && has[name]) written[name] = this.numbers(numbers);
    }
    if (batches && values.batches !== undefined) written.batches = values.batches;
    attempt("write(values)", () => this.given.write({ ...written }));
    const state = this.read();
    for (const name of ARRAYS) {
      const numbers = written[name];
      for (let c = 0; numbers !== undefined && c < this.features; c++) {
        if (Object.is(state[name][c], numbers[c])) continue;
        throw new ImplementationError(
          `write: ${name}[${c}] was set to ${numbers[c]}, but reads ${state[name][c]}`,
        );
      }
    }
    if (written.batches !== undefined && state.batches !== written.batches) {
      throw new ImplementationError(
        `write: batches was set to ${written.batches}, but reads ${state.batches}`,
      );
    }
  }

  /** Runs `look` and puts the state back as it was. Only the cache of the last forward pass is lost. */
  undisturbed<Result>(look: () => Result): Result {
    const before = this.read();
    try {
      return look();
    } finally {
      this.write(before);
    }
  }

  /** Two passes over two rows show which gradients there are, and whether they add up. */
  #firstGradients(state: Partial<BatchNormState>): { [name in "dgamma" | "dbeta"]: unknown } {
    const { batches } = state;
    const before: Record<string, ArrayLike<number> | number> = batches === undefined ? {} : { batches };
    for (const name of ARRAYS) {
      const numbers = state[name];
      if (numbers !== undefined) before[name] = this.numbers(copy(numbers, this.features, `read().${name}`));
    }
    const dy = this.numbers(new Float64Array(2 * this.features).fill(1));
    const x = dy.map((_, i) => (i < this.features ? 1 : 3));
    const passes = [1, 2].map(() => {
      const call = 'forward(x, 2, "eval")';
      copy(
        attempt(call, () => this.given.forward(x.slice(), 2, "eval")),
        x.length,
        call,
      );
      const { dgamma, dbeta } = this.#backward("backward(dy, 2)", dy.slice(), 2);
      return { dgamma, dbeta: dbeta && copy(dbeta, this.features, "backward(dy, 2).dbeta") };
    });
    const [once, twice] = passes;
    const [first, second] = [once.dbeta?.[0], twice.dbeta?.[0]];
    if (this.given.zeroGrad === undefined && first !== undefined && first !== 0 && second === 2 * first) {
      throw new ImplementationError(
        "backward(dy, 2) adds dbeta to that of the pass before: zeroGrad must be given to clear it",
      );
    }
    attempt("write(values)", () => this.given.write(before));
    return { dgamma: once.dgamma, dbeta: once.dbeta };
  }

  #backward(call: string, dy: Float32Array | Float64Array, rows: number): BackwardResult {
    const result = attempt(call, () => this.given.backward?.(dy, rows));
    if (typeof result === "object" && result !== null && result.dx !== undefined) return result;
    throw new ImplementationError(`${call} must give { dx, dgamma, dbeta }, got no dx`);
  }

  /** Hands over a copy of the input, which must come back as it was. */
  #withInput<Result>(
    call: string,
    input: ArrayLike<number>,
    run: (given: Float32Array | Float64Array) => Result,
  ): Result {
    const given = this.numbers(input);
    const before = given.slice();
    const result = run(given);
    const changed = given.findIndex((value, i) => !Object.is(value, before[i]));
    if (changed >= 0) {
      throw new ImplementationError(`${call} wrote into its input: element ${changed} is ${given[changed]}`);
    }
    return result;
  }
}

/** A `running_var` for `popVar` would go unjudged, and a faulty batch norm pass for a healthy one. */
function refuseOtherNames(state: Partial<BatchNormState>): void {
  const lacking = ARRAYS.find((name) => state[name] === undefined);
  const other = Object.keys(state).find((name) => ![...ARRAYS, "batches"].includes(name));
  if (lacking === undefined || other === undefined) return;
  throw new ImplementationError(
    `read() gave ${other} and no ${lacking}: names must be ${ARRAYS.join(", ")} and batches`,
  );
}

/** Runs a call into the implementation. @throws ImplementationError that names the call, where it throws. */
export function attempt<Result>(call: string, run: () => Result): Result {
  try {
    return run();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new ImplementationError(`${call} threw: ${message}`, { cause });
  }
}

function copy(numbers: ArrayLike<number> | undefined, length: number, source: string): Float64Array {
  if (numbers?.length !== length) {
    throw new ImplementationError(`${source} gave ${numbers?.length ?? "no"} numbers instead of ${length}`);
  }
  const copied = new Float64Array(numbers);
  const bad = Array.prototype.findIndex.call(numbers, (value: unknown) => typeof value !== "number");
  if (bad >= 0)
    throw new ImplementationError(`${source}[${bad}] must be a number, got ${String(numbers[bad])}`);
  return copied;
}
