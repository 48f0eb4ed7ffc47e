import { log } from "./portable-math.js";

/** Where a generator stands in its sequence. Goes through JSON unchanged. */
export interface RandomState {
  /** The generator's four words, as signed 32-bit integers, not all zero. */
  readonly words: readonly [number, number, number, number];
  /** The second of a pair of normal numbers, if it is still to be given. */
  readonly spare?: number;
}

/**
 * Seeded random numbers: the same seed gives the same sequence in every JavaScript engine.
 * Generator: xoshiro128++ (Blackman & Vigna 2019), its state filled by splitmix32 of the seed.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;
  #spare: number | undefined;

  /** @param seed any safe integer. */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed)) throw new RangeError(`Random: seed must be an integer, got ${seed}`);
    let word = (seed ^ Math.imul(Math.floor(seed / 2 ** 32), 0x85ebca6b)) | 0;
    const splitmix = () => {
      word = (word + 0x9e3779b9) | 0;
      let z = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return z ^ (z >>> 15);
    };
    this.#a = splitmix();
    this.#b = splitmix();
    this.#c = splitmix();
    this.#d = splitmix();
  }

  /** A copy of where the generator stands; {@link restore} goes back there. */
  save(): RandomState {
    const words = [this.#a, this.#b, this.#c, this.#d] as const;
    return this.#spare === undefined ? { words } : { words, spare: this.#spare };
  }

  /** Goes on as the generator did that gave `state`. @throws RangeError for words that no generator has. */
  restore({ words, spare }: RandomState): void {
    if (
      words.length !== 4 ||
      words.some((word) => (word | 0) !== word) ||
      words.every((word) => word === 0)
    ) {
      throw new RangeError(
        `Random.restore: words must be four 32-bit integers, not all 0, got [${words.join(", ")}]`,
      );
    }
    [this.#a, this.#b, this.#c, this.#d] = words;
    this.#spare = spare;
  }

  #bits(): number {
    const sum = (this.#a + this.#d) | 0;
    const result = (((sum << 7) | (sum >>> 25)) + this.#a) | 0;
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result >>> 0;
  }

  /** Uniform in [0, 1), with 53 random bits. */
  uniform(): number {
    const high = this.#bits() >>> 5;
    const low = this.#bits() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** Standard normal, by Marsaglia's polar method; the second number of each pair is kept for the next call. */
  normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const factor = Math.sqrt((-2 * log(s)) / s);
        this.#spare = v * factor;
        return u * factor;
      }
    }
  }

  /** Uniform integer in [0, limit). */
  integer(limit: number): number {
    return Math.floor(this.uniform() * limit);
  }
}
