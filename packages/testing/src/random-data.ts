export interface NormalOptions {
  /** Default 0. */
  readonly mean?: number;
  /** Standard deviation. Default 1. */
  readonly deviation?: number;
}

export interface UniformOptions {
  /** Smallest value. Default 0. */
  readonly min?: number;
  /** Above every value. Default 1. */
  readonly max?: number;
}

/** `count` uniform numbers in [min, max). The same seed gives the same numbers, and a longer run begins alike. */
export function uniforms(
  seed: number,
  count: number,
  { min = 0, max = 1 }: UniformOptions = {},
): Float64Array {
  const uniform = generator(seed);
  return Float64Array.from({ length: count }, () => min + (max - min) * uniform());
}

/** `count` normal numbers, by Box and Muller. The same seed gives the same numbers, and a longer run begins alike. */
export function normals(
  seed: number,
  count: number,
  { mean = 0, deviation = 1 }: NormalOptions = {},
): Float64Array {
  const uniform = generator(seed);
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i += 2) {
    // 1 − u is never 0, whose logarithm is infinite.
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    numbers[i] = mean + radius * Math.cos(angle);
    // Beyond the end of an odd count the write has no effect.
    numbers[i + 1] = mean + radius * Math.sin(angle);
  }
  return numbers;
}

/**
 * Uniform numbers in [0, 1) with 53 random bits. Generator: sfc32 (Chris Doty-Humphrey, PractRand, public domain).
 * Not the one of `packages/tensor`: a fault there must not shape the data that is to find it.
 */
function generator(seed: number): () => number {
  let a = 0;
  let b = 0;
  let c = seed | 0;
  let counter = 1;
  const bits = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round++) bits();
  return () => ((bits() >>> 5) * 2 ** 26 + (bits() >>> 6)) / 2 ** 53;
}
