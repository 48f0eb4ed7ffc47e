/** An ε to try, and how likely it is that somebody wrote it: 0 first. */
export interface EpsilonCandidate {
  readonly epsilon: number;
  readonly rank: number;
}

/** Defaults of libraries and of code that people copy. */
const COMMON = [1e-5, 1e-3, 1e-7, 1e-8, 1e-4, 1e-6, 1e-2, 1e-12];

/** Below this an ε cannot be told from none: it is the rounding of a variance of 1 in float64, a thousand times. */
const SMALLEST = 1e-13;

/**
 * Every ε worth trying where none was recorded: those that people write, and for each of `misfits` (the worst
 * difference of a formula, by ε) the one that fits best, in one, two, three and all digits. And 0.
 */
export function findEpsilons(misfits: readonly ((epsilon: number) => number)[]): EpsilonCandidate[] {
  const ranks = new Map<number, number>(COMMON.map((epsilon) => [epsilon, 0]));
  for (const misfit of misfits) {
    const best = minimum(misfit);
    if (best < SMALLEST) continue;
    for (const digits of [1, 2, 3]) {
      const epsilon = Number(best.toPrecision(digits));
      ranks.set(epsilon, Math.min(digits, ranks.get(epsilon) ?? digits));
    }
    if (!ranks.has(best)) ranks.set(best, 4);
  }
  ranks.set(0, 5);
  return [...ranks].map(([epsilon, rank]) => ({ epsilon, rank }));
}

/** Where a function of ε is smallest, between 1e-16 and 10: a grid of quarter decades, then the golden section. */
function minimum(misfit: (epsilon: number) => number): number {
  const at = (exponent: number) => {
    const value = misfit(10 ** exponent);
    return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
  };
  let centre = -16;
  let least = Number.POSITIVE_INFINITY;
  for (let exponent = -16; exponent <= 1; exponent += 0.25) {
    const value = at(exponent);
    if (value < least) [centre, least] = [exponent, value];
  }
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [centre - 0.25, centre + 0.25];
  let [a, b] = [high - golden * (high - low), low + golden * (high - low)];
  let [atA, atB] = [at(a), at(b)];
  // The section shrinks by 0.618 each time: 70 steps leave one rounding of it.
  for (let step = 0; step < 70; step++) {
    if (atA <= atB) {
      [high, b, atB] = [b, a, atA];
      a = high - golden * (high - low);
      atA = at(a);
    } else {
      [low, a, atA] = [a, b, atB];
      b = low + golden * (high - low);
      atB = at(b);
    }
  }
  return 10 ** ((low + high) / 2);
}
