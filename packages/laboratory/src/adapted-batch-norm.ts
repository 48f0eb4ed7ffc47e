import type { BackwardResult, BatchNormImplementation, BatchNormState } from "@handgrad/bn-doctor";
import type { Layer, Mode, Parameter } from "@handgrad/layers";
import { fromData, type Rows, type Tensor, zeros } from "@handgrad/tensor";
import { BadInput } from "terminal/bad-input";

type Numbers = Float32Array | Float64Array;
type Vector = Tensor<readonly [number], "float32" | "float64">;

const ARRAYS = ["gamma", "beta", "popMean", "popVar"] as const;
type ArrayName = (typeof ARRAYS)[number];

const METHODS = ["forward", "backward", "read", "write"] as const;
const OPTIONAL_METHODS = ["zeroGrad", "parameters", "save", "load"] as const;

/**
 * Anybody's batch norm, behind the doctor's interface, as a layer of a network. `params` and `state` mirror its numbers
 * in its own precision: what an optimiser or a state dict changes there is written to it before its next pass, and what
 * a pass changes is read back. What it gives is copied, and so are its inputs: it cannot reach into the network.
 */
export class AdaptedBatchNorm implements Layer<number, number, "float32"> {
  readonly dtype = "float32";
  readonly inWidth: number;
  readonly outWidth: number;
  /** γ and β as far as an optimiser gets them: `parameters`, where it is given, may leave them out. */
  readonly params: {
    readonly [Name in "gamma" | "beta"]?: Parameter<readonly [number], "float32" | "float64">;
  };
  readonly state: { readonly popMean: Vector; readonly popVar: Vector; batches: number };
  readonly #given: BatchNormImplementation;
  /** For messages: whose implementation this is. */
  readonly #source: string;
  readonly #mirror: Readonly<Record<ArrayName, Vector>>;
  #known: Readonly<Record<ArrayName, Numbers>>;
  #knownBatches = 0;

  /**
   * @param source named in front of every message
   * @throws BadInput where the implementation lacks what training needs.
   */
  constructor(given: BatchNormImplementation, features: number, source: string) {
    this.#given = given;
    this.#source = source;
    this.inWidth = features;
    this.outWidth = features;
    this.#requireParts(features);
    this.#mirror = {
      gamma: zeros([features], given.precision),
      beta: zeros([features], given.precision),
      popMean: zeros([features], given.precision),
      popVar: zeros([features], given.precision),
    };
    const { gamma, beta, popMean, popVar } = this.#mirror;
    this.state = { popMean, popVar, batches: 0 };
    this.#known = this.#readBack();
    const trained = this.#trained();
    this.params = {
      ...(trained.gamma && { gamma: { value: gamma, grad: zeros([features], given.precision) } }),
      ...(trained.beta && { beta: { value: beta, grad: zeros([features], given.precision) } }),
    };
  }

  /** The implementation itself, with every change written to it. */
  get implementation(): BatchNormImplementation {
    this.#writeChanges();
    return this.#given;
  }

  /** @throws BadInput where the implementation throws, or gives back anything but `rows × features` numbers. */
  forward(x: Rows, mode: Mode): Rows {
    const [rows] = x.shape;
    this.#writeChanges();
    const call = `forward(x, ${rows}, "${mode}")`;
    const y = this.#numbers(call, x.data.length, () =>
      this.#given.forward(this.#inPrecision(x.data), rows, mode),
    );
    this.#known = this.#readBack();
    return fromData(Float32Array.from(y), [rows, this.outWidth]);
  }

  /** @throws BadInput likewise, or where there is no dgamma or dbeta. */
  backward(dy: Rows): Rows {
    const [rows] = dy.shape;
    const call = `backward(dy, ${rows})`;
    if (this.#given.zeroGrad) this.#attempt("zeroGrad()", () => this.#given.zeroGrad?.());
    const result: Partial<BackwardResult> | undefined = this.#attempt(call, () =>
      this.#given.backward?.(this.#inPrecision(dy.data), rows),
    );
    const dx = this.#numbers(`${call}.dx`, dy.data.length, () => result?.dx);
    for (const name of ["gamma", "beta"] as const) {
      const gradient = this.#numbers(`${call}.d${name}`, this.inWidth, () => result?.[`d${name}`]);
      this.params[name]?.grad.data.forEach((sum, c, grad) => {
        grad[c] = sum + gradient[c];
      });
    }
    return fromData(Float32Array.from(dx), [rows, this.inWidth]);
  }

  /** Training has nothing to do without these; `parameters`, `save` and `load` are for the doctor alone. */
  #requireParts(features: number): void {
    const given: Partial<BatchNormImplementation> | null = this.#given;
    if (typeof given !== "object" || given === null) {
      throw this.#refuse(`must make an object with ${METHODS.join(", ")}, got ${String(given)}`);
    }
    if (given.features !== features) {
      throw this.#refuse(`features must be ${features} as asked for, got ${String(given.features)}`);
    }
    if (given.precision !== "float32" && given.precision !== "float64") {
      throw this.#refuse(`precision must be "float32" or "float64", got ${String(given.precision)}`);
    }
    for (const name of METHODS) {
      if (typeof given[name] !== "function") {
        throw this.#refuse(`training needs ${name}, which must be a function, got ${String(given[name])}`);
      }
    }
    for (const name of OPTIONAL_METHODS) {
      if (given[name] !== undefined && typeof given[name] !== "function") {
        throw this.#refuse(`${name} must be a function where it is given, got ${String(given[name])}`);
      }
    }
    if ((given.save === undefined) !== (given.load === undefined)) {
      throw this.#refuse("save and load must be given together");
    }
  }

  /** What an optimiser's step on everything that `parameters` lists would move; all of it without such a list. */
  #trained(): Readonly<Record<"gamma" | "beta", boolean>> {
    if (this.#given.parameters === undefined) return { gamma: true, beta: true };
    const arrays = this.#attempt("parameters()", () => this.#given.parameters?.() ?? []);
    if (!Array.isArray(arrays)) throw this.#refuse("parameters() must give an array of arrays");
    const before = this.#known;
    const kept = arrays.map((values) => Array.from<number>(values));
    for (const values of arrays) for (let i = 0; i < values.length; i++) values[i] += 1;
    const after = this.#readBack();
    kept.forEach((numbers, p) => {
      for (let i = 0; i < numbers.length; i++) arrays[p][i] = numbers[i];
    });
    this.#known = this.#readBack();
    return { gamma: after.gamma[0] !== before.gamma[0], beta: after.beta[0] !== before.beta[0] };
  }

  /** Takes the implementation's numbers into the mirror, and returns copies of them. */
  #readBack(): Readonly<Record<ArrayName, Numbers>> {
    const state: Partial<BatchNormState> | undefined = this.#attempt("read()", () => this.#given.read());
    const copies = ARRAYS.map((name) => {
      if (state?.[name] === undefined)
        throw this.#refuse(`training needs ${name}, which read() does not give`);
      const numbers = this.#numbers(`read().${name}`, this.inWidth, () => state[name]);
      this.#mirror[name].data.set(numbers);
      return [name, numbers] as const;
    });
    this.#knownBatches = state?.batches ?? 0;
    this.state.batches = this.#knownBatches;
    return Object.fromEntries(copies) as Record<ArrayName, Numbers>;
  }

  /** Writes what has changed in the mirror since it was read, and nothing else. */
  #writeChanges(): void {
    const changed: Partial<Record<ArrayName, Numbers>> & { batches?: number } = {};
    for (const name of ARRAYS) {
      const { data } = this.#mirror[name];
      if (data.some((value, c) => !Object.is(value, this.#known[name][c]))) changed[name] = data.slice();
    }
    const { batches } = this.state;
    if (batches !== this.#knownBatches) changed.batches = batches;
    if (Object.keys(changed).length === 0) return;
    this.#attempt("write(values)", () => this.#given.write(changed));
    this.#known = this.#readBack();
  }

  #inPrecision(values: ArrayLike<number>): Numbers {
    return this.#given.precision === "float32" ? new Float32Array(values) : new Float64Array(values);
  }

  /** A copy of what `run` gives, which must be `length` numbers. */
  #numbers(call: string, length: number, run: () => ArrayLike<number> | undefined): Numbers {
    const values = this.#attempt(call, run);
    if (values?.length !== length) {
      throw this.#refuse(`${call} gave ${values?.length ?? "no"} numbers instead of ${length}`);
    }
    return this.#attempt(call, () => this.#inPrecision(values));
  }

  #attempt<Result>(call: string, run: () => Result): Result {
    try {
      return run();
    } catch (error) {
      throw this.#refuse(`${call} threw: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #refuse(message: string): BadInput {
    return new BadInput(`${this.#source}: ${message}`);
  }
}
